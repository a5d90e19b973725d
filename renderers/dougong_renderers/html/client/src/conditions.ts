// Conditions put together by hand: the operators and values that suit a field, rows added and removed. What is sent are the plain
// inputs; without this script each page has one empty row more.
import { make } from "./dom";

type Pair = readonly [string, string];

interface Facts {
  readonly widget: string;
  readonly operators: readonly (readonly [string, string, number])[];
  readonly options: readonly Pair[];
  readonly peers: readonly Pair[];
}

/** A row as the server reads it out of an expression. */
export interface TakenRow {
  readonly field: string;
  readonly operator: string;
  readonly against: string;
  readonly values: readonly string[];
}

export class Conditions {
  readonly #fields: Readonly<Record<string, Facts>>;
  readonly #rows: HTMLElement;
  readonly #blank: HTMLElement;
  readonly #name: string;
  #next: number;

  constructor(readonly root: HTMLElement, private readonly changed: () => void) {
    this.#fields = JSON.parse(root.querySelector("[data-condition-fields]")?.textContent ?? "{}") as Record<string, Facts>;
    this.#rows = root.querySelector("[data-condition-rows]") as HTMLElement;
    this.#name = root.dataset.conditions ?? "";
    const blank = this.#rows.querySelector<HTMLElement>("[data-blank]") as HTMLElement;
    this.#blank = blank.cloneNode(true) as HTMLElement;
    const known = this.rows;
    this.#next = known.length;
    for (const row of known) this.#live(row);
    if (known.length > 1) blank.remove();
    const add = root.querySelector<HTMLButtonElement>("[data-condition-add]") as HTMLButtonElement;
    add.hidden = false;
    add.addEventListener("click", () => {
      const row = this.#added();
      row.querySelector<HTMLSelectElement>(".cb-f")?.focus();
    });
    for (const radio of root.querySelectorAll<HTMLInputElement>(".cb-modes input")) radio.addEventListener("change", () => this.show());
    this.show();
  }

  get rows(): HTMLElement[] {
    return [...this.#rows.querySelectorAll<HTMLElement>("[data-condition-row]")];
  }

  get mode(): string {
    return this.root.querySelector<HTMLInputElement>(".cb-modes input:checked")?.value ?? "all";
  }

  set mode(mode: string) {
    const radio = this.root.querySelector<HTMLInputElement>(`.cb-modes input[value="${mode}"]`);
    if (radio) radio.checked = true;
    this.show();
  }

  get expression(): HTMLTextAreaElement {
    return this.root.querySelector<HTMLTextAreaElement>(`[name="${this.#name}-expression"]`) as HTMLTextAreaElement;
  }

  /** Show the inputs of the mode; those of the others keep what they hold. */
  show(): void {
    this.root.dataset.mode = this.mode;
    this.root.querySelectorAll<HTMLElement>("[data-condition-rows]").forEach((each) => (each.hidden = this.mode === "always" || this.mode === "expression"));
    this.root.querySelectorAll<HTMLElement>("[data-condition-expression]").forEach((each) => (each.hidden = this.mode !== "expression"));
  }

  /** Put the conditions in that an expression was taken apart into. */
  take(rows: readonly TakenRow[]): void {
    for (const row of this.rows) row.remove();
    for (const each of rows) {
      const row = this.#added();
      (row.querySelector(".cb-f") as HTMLSelectElement).value = each.field;
      this.#suit(row, each);
    }
    if (!rows.length) this.#added();
  }

  #added(): HTMLElement {
    const row = this.#blank.cloneNode(true) as HTMLElement;
    const number = this.#next++;
    for (const input of row.querySelectorAll<HTMLInputElement>("[name]")) input.name = input.name.replace(/-\d+-/, `-${number}-`);
    const problem = row.querySelector<HTMLElement>("[data-at]");
    if (problem) problem.dataset.at = `${this.#name}/${number}`;
    this.rows.at(-1)?.after(row);
    if (!row.isConnected) this.#rows.prepend(row);
    this.#live(row);
    return row;
  }

  #live(row: HTMLElement): void {
    const remove = row.querySelector<HTMLButtonElement>("[data-condition-remove]") as HTMLButtonElement;
    remove.hidden = false;
    remove.addEventListener("click", () => {
      const next = row.nextElementSibling?.querySelector<HTMLElement>("select, button");
      row.remove();
      if (!this.rows.length) this.#added();
      next?.focus();
      this.changed();
    });
    const field = row.querySelector<HTMLSelectElement>(".cb-f") as HTMLSelectElement;
    field.addEventListener("change", () => this.#suit(row));
    row.addEventListener("change", (event) => {
      if ((event.target as Element).matches(".cb-o, .cb-a")) this.#fit(row);
    });
    if (field.value) this.#suit(row, this.#standing(row));
    else this.#fit(row);
  }

  #standing(row: HTMLElement): TakenRow {
    const value = row.querySelector<HTMLInputElement | HTMLSelectElement>(".cb-i");
    const values = value instanceof HTMLSelectElement ? [...value.selectedOptions].map((each) => each.value) : [value?.value ?? ""];
    return {
      field: row.querySelector<HTMLSelectElement>(".cb-f")?.value ?? "",
      operator: row.querySelector<HTMLSelectElement>(".cb-o")?.value ?? "",
      against: row.querySelector<HTMLSelectElement>(".cb-a")?.value ?? "",
      values,
    };
  }

  /** Offer what suits the chosen field. */
  #suit(row: HTMLElement, standing?: TakenRow): void {
    const facts = this.#fields[row.querySelector<HTMLSelectElement>(".cb-f")?.value ?? ""];
    const operator = row.querySelector<HTMLSelectElement>(".cb-o") as HTMLSelectElement;
    const against = row.querySelector<HTMLSelectElement>(".cb-a") as HTMLSelectElement;
    const first = against.options[0]?.text ?? "";
    if (facts) {
      operator.replaceChildren(...facts.operators.map(([id, label]) => new Option(label, id)));
      against.replaceChildren(new Option(first, ""), ...facts.peers.map(([id, label]) => new Option(label, id)));
    }
    if (standing) {
      operator.value = standing.operator;
      against.value = standing.against;
      if (against.selectedIndex < 0) against.value = "";
    }
    if (operator.selectedIndex < 0) operator.selectedIndex = 0;
    this.#fit(row, standing?.values);
  }

  /** Give the value the input that the operator needs. */
  #fit(row: HTMLElement, values?: readonly string[]): void {
    const facts = this.#fields[row.querySelector<HTMLSelectElement>(".cb-f")?.value ?? ""];
    const chosen = row.querySelector<HTMLSelectElement>(".cb-o")?.value;
    const against = row.querySelector<HTMLSelectElement>(".cb-a") as HTMLSelectElement;
    const arity = facts?.operators.find(([id]) => id === chosen)?.[2] ?? 1;
    const old = row.querySelector<HTMLInputElement | HTMLSelectElement>(".cb-i") as HTMLInputElement | HTMLSelectElement;
    const held = values ?? this.#standing(row).values;
    const isExpression = held.some((each) => each.startsWith("="));
    against.hidden = arity !== 1 || !facts?.peers.length;
    if (against.hidden) against.value = "";
    const value = facts?.options.length && !isExpression ? picker(old, facts.options, arity < 0, held) : plain(old, facts?.widget ?? "text", arity, held, isExpression);
    value.hidden = arity === 0 || against.value !== "";
    old.replaceWith(value);
    row.querySelector(".cb-v")?.toggleAttribute("hidden", arity === 0);
  }
}

type Attributes = Record<string, string>;

function shared(old: Element): Attributes {
  return { name: old.getAttribute("name") ?? "", "aria-label": old.getAttribute("aria-label") ?? "" };
}

function picker(old: Element, options: readonly Pair[], many: boolean, held: readonly string[]): HTMLSelectElement {
  const select = make("select", { class: "form-select cb-i", ...shared(old) });
  const chosen = new Set(held.flatMap((each) => each.split(",").map((part) => part.trim())));
  if (many) {
    select.multiple = true;
    select.size = Math.min(5, Math.max(2, options.length));
  }
  select.replaceChildren(...options.map(([id, label]) => new Option(label, id, false, chosen.has(id))));
  return select;
}

function plain(old: Element, widget: string, arity: number, held: readonly string[], isExpression: boolean): HTMLInputElement {
  const input = make("input", { class: "form-control cb-i", autocomplete: "off", ...shared(old) });
  input.type = widget === "date" && arity === 1 && !isExpression ? "date" : "text";
  if (widget === "number" && arity === 1) input.inputMode = "decimal";
  input.value = held.join(", ");
  return input;
}
