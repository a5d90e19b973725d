// Rules of forms as one types: what they show, hide, ask for, keep as it is, set, limit and warn of. The server decides all of it
// again when the form is saved. Loaded only where the server gave rules.
import { each, icon, make } from "./dom";
import { type LiveForm, type LiveRow, NotAtHand, type Tree, type Value, liveOf } from "./live";
import { put } from "./live/inputs";
import type { FieldPlan, Plan } from "./live/plan";

/** A rule as `screens/form_rules.py` writes it; `table` is the sub-table for whose rows it is. */
interface Rule {
  readonly table: string;
  readonly on: readonly string[];
  readonly when: Tree | null;
  readonly show?: readonly string[];
  readonly hide?: readonly string[];
  readonly require?: readonly string[];
  readonly readonly?: readonly string[];
  readonly set?: readonly (readonly [string, Tree])[];
  readonly options?: Readonly<Record<string, readonly string[]>>;
  readonly check?: Tree;
  readonly fields?: readonly string[];
  readonly warns?: boolean;
  readonly message?: string;
  /** The message with its figures, where they can be told while one types. */
  readonly said?: Tree;
}

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement | HTMLButtonElement;

/** What is said of one field by all rules together. */
interface State {
  hidden: boolean;
  required: boolean;
  kept: boolean;
  /** The options that are left; null: all, undefined: no rule speaks of them. */
  options: ReadonlySet<string> | null | undefined;
  value: { readonly value: Value } | null;
  notes: { readonly text: string; readonly warns: boolean }[];
}

const MOST_ROUNDS = 20;
/** Kinds of inputs that know no read-only state. */
const FIXED = ["checkbox", "radio", "file", "hidden", "color", "range", "button", "submit"];

class FormRules {
  readonly #live: LiveForm;
  readonly #rules: readonly Rule[];
  readonly #plan: Plan;
  /** What was required and could be changed before any rule spoke. */
  readonly #required = new WeakMap<Element, boolean>();
  #applying = false;
  #changed = false;

  constructor(live: LiveForm, rules: readonly Rule[], plan: Plan, private readonly mark: string) {
    this.#live = live;
    this.#rules = rules;
    this.#plan = plan;
    this.#apply();
    live.onChange(() => {
      this.#changed = true;
      this.#apply();
    });
  }

  /** Setting a field changes the record once more; the compiler has made sure that this ends. */
  #apply(): void {
    if (this.#applying) return;
    this.#applying = true;
    try {
      const tables = new Set(this.#rules.map((rule) => rule.table).filter(Boolean));
      for (let round = 0; round < MOST_ROUNDS && (round === 0 || this.#changed); round += 1) {
        this.#changed = false;
        this.#place("", null, this.#live.element);
        for (const table of tables) for (const row of this.#live.rows(table)) if (row.element) this.#place(table, row, row.element);
      }
      this.#collapse();
    } finally {
      this.#applying = false;
    }
  }

  /** Bring the fields of the record or of one row into the state that the rules give them. */
  #place(table: string, row: LiveRow | null, scope: HTMLElement): void {
    for (const [name, state] of this.#states(table, row)) {
      const place = scope.querySelector<HTMLElement>(row ? `td[data-column="${CSS.escape(name)}"]` : `[data-field="${CSS.escape(name)}"]`);
      if (!place) continue;
      if (state.value) this.#set(place, table, name, row, state.value.value);
      this.#hide(place, state.hidden, row !== null);
      this.#ask(place, state.required && !state.hidden, row !== null);
      if (state.options !== undefined) limit(place, state.options);
      this.#keep(place, state.kept || state.value !== null, state.value === null);
      note(place, state.notes, row !== null);
    }
  }

  #states(table: string, row: LiveRow | null): Map<string, State> {
    const states = new Map<string, State>();
    const shown = new Map<string, boolean>();
    for (const rule of this.#rules) {
      if (rule.table !== table || (row && !rule.on.includes(row.element?.querySelector<HTMLInputElement>('input[name$="-id"]')?.value ? "update" : "create"))) continue;
      const applies = this.#holds(rule.when, row);
      for (const name of rule.show ?? []) shown.set(name, (shown.get(name) ?? false) || applies);
      for (const name of rule.hide ?? []) state(states, name).hidden ||= applies;
      for (const name of rule.require ?? []) state(states, name).required ||= applies;
      for (const name of rule.readonly ?? []) state(states, name).kept ||= applies;
      for (const [name, tree] of rule.set ?? []) {
        const own = state(states, name);
        if (applies) own.value = this.#valueOf(tree, row) ?? own.value;
      }
      for (const [name, options] of Object.entries(rule.options ?? {})) {
        const own = state(states, name);
        const known = own.options;
        if (applies) own.options = new Set(known ? options.filter((each) => known.has(each)) : options);
        else own.options ??= null;
      }
      for (const name of rule.check ? (rule.fields ?? []) : []) {
        const own = state(states, name);
        if (applies && this.#isBroken(rule, row)) own.notes.push({ text: this.#said(rule, row), warns: rule.warns ?? false });
      }
    }
    for (const [name, applies] of shown) state(states, name).hidden ||= !applies;
    return states;
  }

  #valueOf(tree: Tree, row: LiveRow | null): { readonly value: Value } | null {
    try {
      return { value: this.#live.evaluate(tree, row ?? undefined) };
    } catch (problem) {
      if (problem instanceof NotAtHand) return null;
      throw problem;
    }
  }

  #said(rule: Rule, row: LiveRow | null): string {
    const said = rule.said ? this.#valueOf(rule.said, row)?.value : null;
    return typeof said === "string" ? said : rule.message ?? "";
  }

  #holds(tree: Tree | null, row: LiveRow | null): boolean {
    return tree === null || this.#valueOf(tree, row)?.value === true;
  }

  #isBroken(rule: Rule, row: LiveRow | null): boolean {
    return rule.check !== undefined && this.#valueOf(rule.check, row)?.value === false;
  }

  #set(place: HTMLElement, table: string, name: string, row: LiveRow | null, value: Value): void {
    const plan: FieldPlan | undefined = table ? this.#plan.fields[table]?.rows?.[name] : this.#plan.fields[name];
    const control = controlOf(place);
    if (!plan || !control) return;
    const before = control instanceof HTMLInputElement && control.type === "checkbox" ? String(control.checked) : control.value;
    if (!put(place, row ? `${table}-${row.index}-${name}` : name, plan, value, this.#live.surroundings.zone)) return;
    const after = control instanceof HTMLInputElement && control.type === "checkbox" ? String(control.checked) : control.value;
    if (before !== after) control.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** A field that goes while one stands in it leaves the focus to the next one. */
  #hide(place: HTMLElement, hidden: boolean, inRow: boolean): void {
    if (place.dataset.oneOf !== undefined) return; // one picker stands for these links, which stay out of sight
    const target = inRow ? (place.firstElementChild as HTMLElement | null) : place;
    if (!target || target.hidden === hidden) return;
    const hadFocus = hidden && place.contains(document.activeElement);
    target.hidden = hidden;
    if (hadFocus) this.#focusAfter(place);
  }

  #focusAfter(place: HTMLElement): void {
    const fields = [...this.#live.element.querySelectorAll<HTMLElement>("[data-field]:not([hidden])")];
    const next = fields.find((field) => place.compareDocumentPosition(field) & Node.DOCUMENT_POSITION_FOLLOWING) ?? fields.at(-1);
    (next && controlOf(next))?.focus();
  }

  #ask(place: HTMLElement, required: boolean, inRow: boolean): void {
    if (!this.#required.has(place)) this.#required.set(place, !place.dataset.asked && !!place.querySelector('[aria-required="true"]'));
    const asked = required || (!place.hidden && this.#required.get(place) === true);
    for (const control of place.querySelectorAll<Control>("input:not([type=hidden]), select, textarea")) {
      if (asked) control.setAttribute("aria-required", "true");
      else control.removeAttribute("aria-required");
    }
    const label = inRow ? null : place.querySelector(".lab");
    const mark = label?.querySelector(":scope > .req");
    if (asked && label && !mark) label.append(make("span", { class: "req" }, this.mark));
    else if (!asked) mark?.remove();
  }

  /** What cannot be changed shows what stays on saving. Texts and choices are still sent; what cannot be held fast otherwise is
   * disabled, and so left alone. */
  #keep(place: HTMLElement, kept: boolean, restores: boolean): void {
    for (const control of place.querySelectorAll<Control>("input, select, textarea, button")) {
      if (kept && restores && control.dataset.kept === undefined) restore(control);
      if (kept ? !control.disabled : control.dataset.kept !== undefined) hold(control, kept);
    }
    place.classList.toggle("is-kept", kept && !place.hidden);
  }

  /** A section without a field in sight is not there. */
  #collapse(): void {
    for (const section of this.#live.element.querySelectorAll<HTMLElement>(".form-section")) {
      const fields = [...section.querySelectorAll<HTMLElement>(":scope > .flds > [data-field]")];
      if (fields.length) section.hidden = fields.every((field) => field.hidden);
    }
  }
}

function state(states: Map<string, State>, name: string): State {
  let found = states.get(name);
  if (!found) states.set(name, (found = { hidden: false, required: false, kept: false, options: undefined, value: null, notes: [] }));
  return found;
}

function hold(control: Control, kept: boolean): void {
  if (control instanceof HTMLSelectElement) {
    for (const option of control.options) option.disabled = kept && !option.selected;
    control.setAttribute("aria-readonly", String(kept));
  } else if (control instanceof HTMLTextAreaElement || (control instanceof HTMLInputElement && !FIXED.includes(control.type))) {
    control.readOnly = kept;
  } else {
    control.disabled = kept;
  }
  if (kept) control.dataset.kept = "";
  else delete control.dataset.kept;
}

/** Give an input back what it came with. */
function restore(control: Control): void {
  if (control instanceof HTMLButtonElement) return;
  if (control instanceof HTMLSelectElement) {
    const first = [...control.options].find((option) => option.defaultSelected) ?? control.options[0];
    if (!first || first.selected) return;
    first.selected = true;
  } else if (control instanceof HTMLInputElement && (control.type === "checkbox" || control.type === "radio")) {
    if (control.checked === control.defaultChecked) return;
    control.checked = control.defaultChecked;
  } else {
    if (control.type === "hidden" || control.value === control.defaultValue) return;
    control.value = control.defaultValue;
  }
  control.dispatchEvent(new Event("input", { bubbles: true }));
}

function controlOf(place: HTMLElement): Control | null {
  return place.querySelector<Control>("input:not([type=hidden]), select, textarea");
}

/** What is chosen already stays in sight, so that nobody loses it unseen; saving says that it cannot be. */
function limit(place: HTMLElement, allowed: ReadonlySet<string> | null): void {
  const isLeft = (value: string, isChosen: boolean): boolean => allowed === null || !value || isChosen || allowed.has(value);
  for (const option of place.querySelectorAll("option")) option.hidden = option.disabled = !isLeft(option.value, option.selected);
  for (const box of place.querySelectorAll<HTMLInputElement>("input[type=checkbox], input[type=radio]")) {
    const label = box.closest<HTMLElement>("label");
    if (label) label.hidden = !isLeft(box.value, box.checked);
  }
}

function note(place: HTMLElement, notes: State["notes"], inRow: boolean): void {
  const text = notes.map((each) => each.text).join(" ");
  let holder = place.querySelector<HTMLElement>(":scope > [data-rule-note]");
  if (!holder && !text) return;
  if (!holder) place.append((holder = make("p", { role: "status", "data-rule-note": "" })));
  const warns = notes.every((each) => each.warns);
  if (holder.dataset.text === text) return;
  holder.dataset.text = text;
  holder.className = warns ? "err is-warning" : "err";
  holder.replaceChildren(...(text ? [icon(warns ? "alert-triangle" : "alert-circle"), make("span", {}, text)] : []));
  holder.hidden = !text;
  if (inRow) place.classList.toggle("cellbad", !!text);
}

each("form[data-rules]", (form) => {
  const { livePlan, rules, requiredMark } = form.dataset;
  const live = liveOf(form);
  if (live && livePlan) new FormRules(live, JSON.parse(rules ?? "[]") as Rule[], JSON.parse(livePlan) as Plan, requiredMark ?? "");
});
