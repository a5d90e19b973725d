// A form as a record of values: what one types is read into it, and only what depends on it is computed again.
import { NotAtHand, type Program, type Row, type Surroundings, type Tree, UNKNOWN, type Value, type Written, evaluate, programOf, read, surroundings } from "../expressions/engine";
import { isNumber, keyOf } from "../expressions/values";
import { make, toast } from "../dom";
import { type Answer, Asking } from "./asking";
import * as inputs from "./inputs";
import { type Computed, type FieldPlan, type LinkPlan, type Plan, readsOf, split } from "./plan";
import { assigned, put, putNote, shown } from "./shown";

type Values = Map<string, Value>;
/** What the server drew stays until something changes. */
const NOT_AT_HAND = UNKNOWN as unknown as Value;

/** A row of a sub-table: the index in the names of its inputs, its values, and where it stands; rows that wait to be drawn stand
 * nowhere yet. */
export interface LiveRow {
  readonly index: string;
  readonly values: Row;
  readonly element: HTMLElement | null;
}

interface OwnRow extends LiveRow {
  readonly values: Values;
  element: HTMLElement | null;
  readonly isNew: boolean;
  readonly written: Set<string>;
  /** Where its computed values are shown; known once it is drawn. */
  readonly places: Map<string, readonly Element[]>;
}

/** A computed field and where its value is shown. */
interface Shown {
  readonly name: string;
  readonly table: string;
  readonly field: string;
  readonly plan: FieldPlan;
}

interface Step extends Shown, Computed {
  readonly program: Program;
  readonly reads: ReadonlySet<string>;
}

/** What changed: names of fields and, for fields of rows, the rows (null: all). */
type Changes = Map<string, Set<OwnRow> | null>;

/** Called with the names of all fields that have another value now; `lines/price` is a field of some row of `lines`, and `lines`
 * itself stands for rows that came, went or moved. */
export type Listener = (changed: ReadonlySet<string>) => void;

export class LiveForm {
  readonly element: HTMLFormElement;
  readonly surroundings: Surroundings;
  readonly #plan: Plan;
  readonly #values: Values;
  readonly #tables = new Map<string, OwnRow[]>();
  readonly #steps: readonly Step[];
  readonly #defaults: readonly Step[];
  /** The computed fields that the server is asked for. */
  readonly #asked: ReadonlyMap<string, Shown>;
  #asking: Asking | null = null;
  /** Whether the script itself writes into inputs just now. */
  #isPutting = false;
  readonly #written = new Set<string>();
  readonly #listeners: Listener[] = [];
  readonly #programs = new WeakMap<object, Program>();
  /** The values of linked records by `app.entity/id`; null while they are asked for, and where they may not be seen. */
  readonly #related = new Map<string, Row | null>();
  /** The value that the inputs of a field came with. */
  readonly #firsts = new WeakMap<Element, Value>();
  /** Defaults stand in the inputs when the form comes; they only follow what changes after that. */
  #listening = false;

  constructor(element: HTMLFormElement, plan: Plan) {
    this.element = element;
    this.#plan = plan;
    this.#values = new Map(read(plan.record) as Row);
    for (const [key, values] of Object.entries(plan.related ?? {})) this.#related.set(key, read(values) as Row);
    this.surroundings = surroundings(plan.around, (entity, id) => {
      const found = this.#related.get(`${entity}/${id}`);
      if (!found) throw new NotAtHand();
      return found;
    });
    this.#steps = plan.computed.map((each) => this.#step(each));
    this.#defaults = plan.defaults.map((each) => this.#step(each));
    this.#asked = new Map(plan.ask?.computed.map(({ name }) => [name, this.#shown(name)]));
    for (const [name, field] of Object.entries(plan.fields)) if (field.rows) this.#begin(name);
    this.#readAll();
    this.#follow(new Map(this.#everything()));
    if (plan.ask) this.#asking = new Asking(this, plan.ask);
    element.addEventListener("input", (event) => this.#typed(event.target));
    element.addEventListener("change", (event) => this.#typed(event.target));
    element.addEventListener("dg:changed", (event) => this.#typed(event.target));
  }

  /** The record as it stands in the form: field → value, sub-tables as lists of rows. */
  get values(): Row {
    return this.#values;
  }

  /** The rows of a sub-table in their order. */
  rows(table: string): readonly LiveRow[] {
    return this.#tables.get(table) ?? [];
  }

  /** The value of an expression of the server's for the record, or for one of its rows. Throws `NotAtHand` where only the server
   * can say. */
  evaluate(tree: Tree, row?: LiveRow): Value {
    let program = this.#programs.get(tree);
    if (!program) this.#programs.set(tree, (program = programOf(tree)));
    return this.#run(program, row ? row.values : this.#values);
  }

  /** Whether a condition holds; empty is not true. */
  holds(tree: Tree, row?: LiveRow): boolean {
    return this.evaluate(tree, row) === true;
  }

  /** Ask to be called after something changed and everything that depends on it was computed. */
  onChange(listener: Listener): void {
    this.#listeners.push(listener);
  }

  // ——— reading ———

  #shown(name: string): Shown {
    const [table, field] = split(name);
    return { name, table, field, plan: this.#field(table, field) ?? { type: "" } };
  }

  #step(each: Computed): Step {
    const shown = this.#shown(each.name);
    const { table } = shown;
    return { ...each, ...shown, program: programOf(each.tree), reads: readsOf(each.tree, table) };
  }

  #field(table: string, field: string): FieldPlan | undefined {
    return table ? this.#plan.fields[table]?.rows?.[field] : this.#plan.fields[field];
  }

  /** The rows as the server gave them; those in the page are found by the index of their inputs. */
  #begin(table: string): void {
    const given = (this.#values.get(table) ?? []) as readonly Row[];
    this.#tables.set(table, given.map((row, at) => this.#row(String(at), row, null, false)));
    this.#values.set(table, []);
    this.#arrange(table);
    const body = this.#body(table);
    if (body) new MutationObserver(() => this.#rearranged(table)).observe(body, { childList: true });
  }

  #row(index: string, given: Row, element: HTMLElement | null, isNew: boolean): OwnRow {
    const values: Values = new Map(given);
    values.set("parent", this.#values);
    return { index, values, element, isNew, written: new Set(), places: new Map() };
  }

  #body(table: string): Element | null {
    return this.element.querySelector(`[data-rows="${CSS.escape(table)}"] tbody`);
  }

  /** Bring the rows into the order of the page; returns those that are new. Rows that wait stand where the page keeps their place. */
  #arrange(table: string): OwnRow[] {
    const body = this.#body(table);
    if (!body) {
      this.#values.set(table, (this.#tables.get(table) ?? []).map((row) => row.values));
      return [];
    }
    const known = this.#tables.get(table) ?? [];
    const byIndex = new Map(known.map((row) => [row.index, row]));
    const there = new Set([...body.querySelectorAll<HTMLElement>(":scope > tr[data-line]")].map((line) => line.dataset.line));
    const waiting = known.filter((row) => row.element === null && !there.has(row.index));
    const ordered: OwnRow[] = [];
    const added: OwnRow[] = [];
    for (const line of body.querySelectorAll<HTMLElement>(":scope > tr[data-line], :scope > tr[data-gap]")) {
      if (line.dataset.line === undefined) {
        ordered.push(...waiting);
        continue;
      }
      let row = byIndex.get(line.dataset.line);
      if (!row) added.push((row = this.#row(line.dataset.line, read(this.#plan.fields[table]?.blank ?? { r: {} }) as Row, line, true)));
      row.element = line;
      ordered.push(row);
    }
    this.#tables.set(table, ordered);
    this.#values.set(table, ordered.map((row) => row.values));
    return added;
  }

  #readAll(): void {
    for (const [name, field] of Object.entries(this.#plan.fields)) {
      if (!field.rows) this.#readField(name, field);
      else for (const row of this.#tables.get(name) ?? []) this.#readRow(name, row);
    }
  }

  #readField(name: string, field: FieldPlan): boolean {
    const scope = this.element.querySelector(`[data-field="${CSS.escape(name)}"]`);
    return scope !== null && this.#take(this.#values, name, inputs.valueIn(scope, name, field, this.surroundings.zone), scope);
  }

  #readRow(table: string, row: OwnRow): string[] {
    return Object.entries(this.#plan.fields[table]?.rows ?? {}).filter(([name, field]) => this.#readCell(table, row, name, field)).map(([name]) => name);
  }

  #readCell(table: string, row: OwnRow, name: string, field: FieldPlan): boolean {
    const cell = row.element?.querySelector(`td[data-column="${CSS.escape(name)}"]`);
    return !!cell && this.#take(row.values, name, inputs.valueIn(cell, `${table}-${row.index}-${name}`, field, this.surroundings.zone), cell);
  }

  /** Keep what was read; false when it is what was known. An input that holds again what it came with has its first value again. */
  #take(values: Values, name: string, value: Value | undefined, scope: Element): boolean {
    const firsts = this.#firstsOf(scope, values, name);
    const found = value === undefined ? firsts : value;
    if (same(values.get(name) ?? null, found)) return false;
    values.set(name, found);
    return true;
  }

  #firstsOf(scope: Element, values: Values, name: string): Value {
    if (!this.#firsts.has(scope)) this.#firsts.set(scope, values.get(name) ?? null);
    return this.#firsts.get(scope) ?? null;
  }

  // ——— changes ———

  #typed(target: EventTarget | null): void {
    if (!(target instanceof Element)) return;
    const changes: Changes = new Map();
    const line = target.closest<HTMLElement>("tr[data-line]");
    const table = line?.closest<HTMLElement>("[data-rows]")?.dataset.rows;
    const cell = target.closest<HTMLElement>("td[data-column]");
    if (line && table && cell) this.#typedInRow(table, line, cell.dataset.column ?? "", changes);
    else {
      const name = target.closest<HTMLElement>("[data-field]")?.dataset.field ?? "";
      const field = this.#plan.fields[name];
      if (!this.#isPutting) this.#asking?.typed(name, name);
      if (!field || field.rows) return;
      if (!this.#isPutting) this.#written.add(name);
      if (this.#readField(name, field)) changes.set(name, null);
    }
    if (changes.size) this.#follow(changes);
  }

  #typedInRow(table: string, line: HTMLElement, name: string, changes: Changes): void {
    const row = (this.#tables.get(table) ?? []).find((each) => each.index === line.dataset.line);
    const field = this.#field(table, name);
    if (!this.#isPutting) this.#asking?.typed(`${table}/${name}`, `${table}-${line.dataset.line ?? ""}-${name}`);
    if (!row || !field) return;
    row.element = line;
    if (!this.#isPutting) row.written.add(name);
    if (this.#readCell(table, row, name, field)) changes.set(`${table}/${name}`, new Set([row]));
  }

  /** Rows came, went, moved or were drawn. */
  #rearranged(table: string): void {
    const before = this.#tables.get(table) ?? [];
    const drawn = before.filter((row) => row.element === null);
    const added = this.#arrange(table);
    const after = this.#tables.get(table) ?? [];
    for (const row of drawn) if (row.element) this.#show(table, row);
    if (before.length === after.length && before.every((row, at) => row === after[at])) return;
    for (const row of added) for (const name of this.#readRow(table, row)) row.written.add(name);
    const changes: Changes = new Map([[table, null]]);
    if (added.length) for (const name of ["parent", ...Object.keys(this.#plan.fields[table]?.rows ?? {})]) changes.set(`${table}/${name}`, new Set(added));
    this.#follow(changes, new Set(added));
  }

  *#everything(): Iterable<[string, null]> {
    for (const [name, field] of Object.entries(this.#plan.fields)) {
      yield [name, null];
      for (const inner of Object.keys(field.rows ?? {})) yield [`${name}/${inner}`, null];
    }
  }

  // ——— linked records ———

  /** Ask for the values of records that were linked to just now. */
  #fetchLinked(changes: Changes): void {
    for (const [name, link] of Object.entries(this.#plan.links ?? {})) {
      if (!changes.has(name)) continue;
      const [table, field] = split(name);
      for (const values of table ? (changes.get(name) ?? this.#tables.get(table) ?? []) : [this]) {
        const id = values === this ? this.#values.get(field) : (values as OwnRow).values.get(field);
        if (id && isNumber(id)) void this.#ask(name, link, id.toFixed());
      }
    }
  }

  async #ask(name: string, link: LinkPlan, id: string): Promise<void> {
    const key = `${link.entity}/${id}`;
    if (this.#related.has(key)) return;
    this.#related.set(key, null);
    try {
      const answer = await fetch(`${link.href}?id=${id}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const { values } = (await answer.json()) as { values: Written };
      this.#related.set(key, read(values) as Row);
      this.#follow(new Map([[name, null]]));
    } catch {
      this.#related.delete(key); // without a connection the next change asks again; the server computes on saving
    }
  }

  // ——— what the server says ———

  unwritten(name: string): readonly string[] {
    const [table, field] = split(name);
    if (!table) return this.#written.has(name) ? [] : [name];
    return (this.#tables.get(table) ?? []).filter((row) => row.isNew && !row.written.has(field)).map((row) => `${table}-${row.index}-${field}`);
  }

  receive(answer: Answer, renewed: ReadonlySet<string>, typed: ReadonlySet<string>): void {
    const changes: Changes = new Map();
    for (const [input, value] of Object.entries(answer.values)) {
      const [table, row, field] = this.#whose(input);
      const shown = this.#asked.get(table ? `${table}/${field}` : field);
      if (shown) this.#learn(shown, row, read(value), changes);
    }
    this.#put(() => {
      for (const [input, entry] of Object.entries(answer.inputs)) {
        if (typed.has(input) || !this.#enters(input, (scope) => inputs.enter(scope, input, entry))) continue;
        if (!renewed.has(input)) this.#noteFilled(input);
      }
      for (const [input, ids] of Object.entries(answer.unfit)) {
        if (!this.#enters(input, (scope) => inputs.withdraw(scope, input, ids))) continue;
        toast((this.#plan.ask?.emptied ?? "").replace("{label}", this.#labelOf(input)));
      }
    });
    if (changes.size) this.#follow(changes);
  }

  lose(names: readonly string[]): void {
    const changes: Changes = new Map();
    for (const name of names) {
      const shown = this.#asked.get(name);
      if (shown) for (const row of shown.table ? (this.#tables.get(shown.table) ?? []) : [null]) this.#learn(shown, row, NOT_AT_HAND, changes);
    }
    if (changes.size) this.#follow(changes);
  }

  #learn(shown: Shown, row: OwnRow | null, value: Value, changes: Changes): void {
    if (shown.table && !row) return;
    const values = row ? row.values : this.#values;
    this.#showOne(shown, value, row);
    if (same(values.get(shown.field) ?? null, value)) return;
    values.set(shown.field, value);
    const known = changes.get(shown.name);
    changes.set(shown.name, row ? new Set([...(known ?? []), row]) : null);
  }

  /** The sub-table, the row and the field of an input. */
  #whose(input: string): readonly [table: string, row: OwnRow | null, field: string] {
    const [table = "", index = "", field = ""] = input.split("-");
    const row = this.#tables.get(table)?.find((each) => each.index === index);
    return row ? [table, row, field] : ["", null, input];
  }

  #put(act: () => void): void {
    this.#isPutting = true;
    try {
      act();
    } finally {
      this.#isPutting = false;
    }
  }

  #enters(input: string, act: (scope: Element) => boolean): boolean {
    const [, row, field] = this.#whose(input);
    const scope = row ? row.element?.querySelector(`td[data-column="${CSS.escape(field)}"]`) : this.element.querySelector(`[data-field="${CSS.escape(field)}"]`);
    return !!scope && act(scope);
  }

  /** What was filled is as good as written: no default follows over it, and on saving it is not filled once more. */
  #noteFilled(input: string): void {
    const [, row, field] = this.#whose(input);
    (row ? row.written : this.#written).add(field);
    const known = [...this.element.querySelectorAll<HTMLInputElement>('input[name="dg_filled"]')].some((each) => each.value === input);
    if (!known) this.element.append(make("input", { type: "hidden", name: "dg_filled", value: input }));
  }

  #labelOf(input: string): string {
    const [, row, field] = this.#whose(input);
    const cell = row?.element?.querySelector<HTMLElement>(`td[data-column="${CSS.escape(field)}"]`);
    return cell?.dataset.label ?? this.element.querySelector(`[data-field="${CSS.escape(field)}"] .lab`)?.firstChild?.textContent?.trim() ?? "";
  }

  /** Compute what depends on the changes, show it, and tell who asked. New rows are computed whatever they read. */
  #follow(changes: Changes, added: ReadonlySet<OwnRow> = new Set()): void {
    this.#fetchLinked(changes);
    if (this.#listening) this.#follows(this.#defaults, changes, added, (step, values, row) => this.#default(step, values, row));
    this.#follows(this.#steps, changes, added, (step, values, row) => this.#compute(step, values, row));
    this.#asking?.follow(new Set(changes.keys()));
    if (!this.#listening) this.#listening = true;
    else for (const listener of this.#listeners) listener(new Set(changes.keys()));
  }

  #follows(steps: readonly Step[], changes: Changes, added: ReadonlySet<OwnRow>, renew: (step: Step, values: Values, row: OwnRow | null) => boolean): void {
    for (const step of steps) {
      if (!step.table) {
        if (this.#touches(step, changes) && renew(step, this.#values, null)) changes.set(step.name, null);
        continue;
      }
      const renewed = this.#rowsOf(step, changes, added).filter((row) => renew(step, row.values, row));
      if (renewed.length) changes.set(step.name, new Set(renewed));
    }
  }

  #touches(step: Step, changes: Changes): boolean {
    for (const name of step.reads) if (changes.has(name)) return true;
    return false;
  }

  #rowsOf(step: Step, changes: Changes, added: ReadonlySet<OwnRow>): OwnRow[] {
    const all = this.#tables.get(step.table) ?? [];
    const found = new Set<OwnRow>(added.size ? all.filter((row) => added.has(row)) : []);
    for (const name of step.reads) {
      const rows = changes.get(name);
      if (rows === null) return all;
      for (const row of rows ?? []) found.add(row);
    }
    return [...found];
  }

  #compute(step: Step, values: Values, row: OwnRow | null): boolean {
    const result = this.#result(step, values);
    const value = result === undefined ? NOT_AT_HAND : result;
    const changed = !same(values.get(step.field) ?? null, value);
    values.set(step.field, value);
    if (this.#listening ? changed : value !== NOT_AT_HAND) this.#showOne(step, value, row);
    return changed;
  }

  #result(step: Step, values: Values): Value | undefined {
    try {
      return assigned(this.#run(step.program, values), step.plan);
    } catch (problem) {
      if (problem instanceof NotAtHand) return undefined;
      throw problem;
    }
  }

  #run(program: Program, values: Row): Value {
    return evaluate(program, values, this.surroundings);
  }

  #default(step: Step, values: Values, row: OwnRow | null): boolean {
    if (row ? !row.isNew || row.written.has(step.field) : this.#written.has(step.field)) return false;
    const scope = row ? row.element?.querySelector(`td[data-column="${CSS.escape(step.field)}"]`) : this.element.querySelector(`[data-field="${CSS.escape(step.field)}"]`);
    const value = this.#result(step, values);
    if (!scope || value === undefined || value === null || same(values.get(step.field) ?? null, value)) return false;
    const name = row ? `${step.table}-${row.index}-${step.field}` : step.field;
    if (!inputs.put(scope, name, step.plan, value, this.surroundings.zone)) return false;
    values.set(step.field, value);
    return true;
  }

  // ——— showing ———

  #show(table: string, row: OwnRow): void {
    for (const step of [...this.#steps, ...this.#asked.values()]) if (step.table === table) this.#showOne(step, row.values.get(step.field) ?? null, row);
  }

  #showOne(step: Shown, value: Value, row: OwnRow | null): void {
    const places = row ? this.#placesIn(step, row) : this.#placesOf(step.field, this.element);
    if (!places.length) return;
    if (value === NOT_AT_HAND) {
      for (const place of places) putNote(place, this.#plan.unknown);
      return;
    }
    const text = shown(value, step.plan, this.#plan.language, this.surroundings.zone);
    for (const place of places) put(place, text, row ? undefined : step.plan.unit);
  }

  #placesIn(step: Shown, row: OwnRow): readonly Element[] {
    let found = row.places.get(step.field);
    if (!found && row.element) row.places.set(step.field, (found = this.#placesOf(`${step.table}-${row.index}-${step.field}`, row.element)));
    return found ?? [];
  }

  #placesOf(name: string, within: Element): readonly Element[] {
    return [...within.querySelectorAll(`[data-computed="${CSS.escape(name)}"]`)];
  }
}

function same(left: Value, right: Value): boolean {
  if (left === right) return true;
  if (left === null || right === null || left === NOT_AT_HAND || right === NOT_AT_HAND) return false;
  return Array.isArray(left) || Array.isArray(right) ? listKey(left) === listKey(right) : left instanceof Map || right instanceof Map ? mapKey(left) === mapKey(right) : keyOf(left) === keyOf(right);
}

function listKey(value: Value): string {
  return Array.isArray(value) ? JSON.stringify((value as readonly Value[]).map(keyOf)) : "";
}

function mapKey(value: Value): string {
  return value instanceof Map ? JSON.stringify([...(value as Row)].map(([name, inner]) => [name, keyOf(inner)])) : "";
}
