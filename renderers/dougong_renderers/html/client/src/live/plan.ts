// What the server says of a form, as `screens/live.py` writes it.
import type { GivenSurroundings, Tree, Written } from "../expressions/engine";

/** How a field is read, rounded and shown. */
export interface FieldPlan {
  readonly type: string;
  /** Decimals that are kept of a number, and all its digits. */
  readonly scale?: number;
  readonly digits?: number;
  /** What stands behind an amount on a form. */
  readonly unit?: string;
  /** The words of options, or of no and yes. */
  readonly words?: Readonly<Record<string, string>>;
  /** Of a sub-table: the columns, and the values that a new row begins with. */
  readonly rows?: Readonly<Record<string, FieldPlan>>;
  readonly blank?: Written;
}

/** A field and its expression; `lines/subtotal` is computed for every row of `lines`. */
export interface Computed {
  readonly name: string;
  readonly tree: Tree;
}

/** A link whose records' values are computed with: their kind, and where they are asked for by id. */
export interface LinkPlan {
  readonly entity: string;
  readonly href: string;
}

/** A field that the server knows, and the fields of the form on which its value depends. */
export interface Question {
  readonly name: string;
  readonly reads: readonly string[];
}

/** What the server is asked for, as `screens/asking.py` writes it. */
export interface AskPlan {
  readonly href: string;
  /** The id of the record; empty while it is new. */
  readonly record: string;
  readonly computed: readonly Question[];
  /** Defaults that follow what they read until somebody writes the field. */
  readonly defaults: readonly Question[];
  /** Links that fill other fields when one chooses. */
  readonly fills: readonly string[];
  /** Links that may not hold every record. */
  readonly limits: readonly Question[];
  /** What is said of a link that was emptied. */
  readonly emptied: string;
}

export interface Plan {
  readonly around: GivenSurroundings;
  readonly language: string;
  readonly record: Written;
  readonly fields: Readonly<Record<string, FieldPlan>>;
  /** In the order in which they are computed. */
  readonly computed: readonly Computed[];
  /** Defaults that follow other fields until somebody writes the field; of a record only while it is new. */
  readonly defaults: readonly Computed[];
  /** What is shown where only the server can say. */
  readonly unknown: string;
  readonly ask?: AskPlan;
  readonly links?: Readonly<Record<string, LinkPlan>>;
  /** The values of linked records that are known, by `app.entity/id`. */
  readonly related?: Readonly<Record<string, Written>>;
}

/** The table and the field that a name of the plan means. */
export function split(name: string): readonly [table: string, field: string] {
  const at = name.indexOf("/");
  return at < 0 ? ["", name] : [name.slice(0, at), name.slice(at + 1)];
}

/** The names of the plan that a tree reads; `table` is set where it is computed for the rows of one. */
export function readsOf(tree: Tree, table: string): Set<string> {
  const found = new Set<string>();
  const waiting: Tree[] = [tree];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    if (part[0] === "(") waiting.push(...part[3]);
    else if (part[0] === "[") waiting.push(...part[2]);
    else if (part[0] === ".") for (const name of named(part[2], table)) found.add(name);
  }
  return found;
}

function named([first = "", second]: readonly string[], table: string): string[] {
  if (table && first === "parent") return second === undefined ? [] : [second];
  if (table) return [`${table}/${first}`];
  return second === undefined ? [first] : [first, `${first}/${second}`];
}
