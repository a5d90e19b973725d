// A tree as nested functions, made once and called for every record; only what is needed is computed.
import type { Big } from "big.js";
import { NotAtHand, type Surroundings, UNKNOWN } from "./context";
import { OPERATIONS } from "./functions";
import { DISTRIBUTIONS, nth } from "./distributions";
import { ZERO, divide, multiply, number, total } from "./numbers";
import { dayFrom, momentFrom } from "./calendar";
import { type Row, type Value, equal, isList, isNumber, keyOf, order } from "./values";

/** A tree as `expressions/portable.py` writes it. */
export type Tree =
  | readonly ["=", kind: string, form: string, written: string]
  | readonly [".", kind: string, names: readonly string[], through: readonly string[], many: boolean, steps: readonly Step[]]
  | readonly ["[", kind: string, items: readonly Tree[]]
  | readonly ["(", kind: string, name: string, given: readonly Tree[]];

/** A step of a road: what kind it is of, its name, and the entity it leads to. */
export type Step = readonly [kind: string, name: string, entity: string, ...rest: readonly string[]];

/** A tree asks for something that is not computed here. */
export class Unsupported extends Error {}

/** One evaluation: its surroundings, its record, and the rows that the aggregates inside each other are at. */
interface State {
  readonly surroundings: Surroundings;
  readonly record: Row;
  readonly rows: Value[];
}

export type Program = (state: State) => Value;
type Names = readonly string[];

/** A list that an aggregate around a part goes over. */
interface Frame {
  readonly names: Names;
  readonly steps: readonly Step[];
}

type Frames = readonly Frame[];

/** The value of a program for one record. */
export function evaluate(program: Program, record: Row, surroundings: Surroundings): Value {
  return program({ surroundings, record, rows: [] });
}

/** The function that computes a tree inside of such aggregates, the outermost first. */
export function programOf(tree: Tree, frames: Frames = []): Program {
  switch (tree[0]) {
    case "=": {
      const value = literal(tree[2], tree[3]);
      return () => value;
    }
    case ".":
      return tree[4] ? listAt(tree[2], tree[5], frames) : nameAt(tree[2], tree[5], frames);
    case "[": {
      const items = tree[2].map((item) => programOf(item, frames));
      return (state) => items.map((item) => item(state));
    }
    case "(":
      return callOf(tree[2], tree[3], frames);
    default:
      throw new Unsupported(String((tree as readonly unknown[])[0]));
  }
}

function callOf(name: string, given: readonly Tree[], frames: Frames): Program {
  if (name.endsWith("@rows")) return overRows(name.slice(0, -"@rows".length), given, frames);
  const builder = BUILDERS.get(name);
  const programs = given.map((each) => programOf(each, frames));
  return builder ? builder(programs) : operation(name, given, programs);
}

function literal(form: string, written: string): Value {
  switch (form) {
    case "empty":
      return null;
    case "boolean":
      return written !== "";
    case "number":
      return number(written);
    case "date":
      return dayFrom(written);
    case "datetime":
      return momentFrom(written);
    case "text":
      return written;
    default:
      throw new Unsupported(form);
  }
}

// ——— names ———

function isRow(value: Value | undefined): value is Row {
  return value instanceof Map;
}

function linked(state: State, value: Value, entity: string): Row | null {
  if (value === null || isRow(value)) return value;
  return isNumber(value) ? state.surroundings.related(entity, value.toFixed()) : null;
}

/** Which of the lists around it a name belongs to: the innermost that it begins with; -1 for none. */
function frameOf(names: Names, frames: Frames, least: number): number {
  for (let at = frames.length - 1; at >= 0; at--) {
    const prefix = frames[at]?.names ?? [];
    if (names.length >= prefix.length + least && prefix.every((name, index) => name === names[index])) return at;
  }
  return -1;
}

/** Where a road begins, and the steps from there. */
function startOf(steps: readonly Step[], frames: Frames, at: number): readonly [(state: State) => Row | null, readonly Step[]] {
  const frame = frames[at];
  if (!frame) return [(state) => state.record, steps];
  const passed = frame.names.length;
  const origin = steps[passed - 1]?.[2] ?? "";
  return [(state) => linked(state, state.rows[at] ?? null, origin), steps.slice(passed)];
}

function nameAt(names: Names, steps: readonly Step[], frames: Frames): Program {
  const at = frameOf(names, frames, 0);
  const last = names.at(-1) as string;
  if (at < 0 && names.length === 1) return (state) => filled(state.record.get(last));
  if (frames[at]?.names.length === names.length) return (state) => identifier(state.rows[at] ?? null);
  const [start, links] = startOf(steps, frames, at);
  return (state) => {
    let record = start(state);
    for (const [, name, entity] of links) {
      if (record === null) return null;
      record = linked(state, filled(record.get(name)), entity);
    }
    return record === null ? null : filled(record.get(last));
  };
}

/** A row as a value of its own: its id, where it has one by now. */
function identifier(row: Value): Value {
  return isRow(row) ? (row.get("id") ?? true) : row;
}

function filled(value: Value | undefined): Value {
  if ((value as unknown) === UNKNOWN) throw new NotAtHand();
  return value === undefined || value === "" ? null : value;
}

/** The items of a list: rows, ids, or the values of a field that holds several. */
function listAt(names: Names, steps: readonly Step[], frames: Frames): (state: State) => readonly Value[] {
  const [start, rest] = startOf(steps, frames, frameOf(names, frames, 1));
  const last = steps.length === names.length ? "" : (names.at(-1) as string);
  return (state) => {
    const origin = start(state);
    let records = origin === null ? [] : [origin];
    let found: readonly Value[] = [];
    rest.forEach(([kind, name, entity], at) => {
      found = records.flatMap((record) => (kind === "link" || kind === "parent" ? [filled(record.get(name))] : itemsIn(record, name))).filter((each) => each !== null);
      if (at < rest.length - 1 || last) records = found.map((each) => linked(state, each, entity)).filter((each) => each !== null);
    });
    return last ? records.flatMap((record) => itemsIn(record, last)) : found;
  };
}

function itemsIn(record: Row, name: string): readonly Value[] {
  const found = filled(record.get(name));
  return found !== null && isList(found) ? found : [];
}

// ——— functions ———

function operation(name: string, given: readonly Tree[], programs: readonly Program[]): Program {
  const found = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
  if (!found) throw new Unsupported(name);
  const compute = found.compute as (...given: unknown[]) => Value;
  const blank = given.map((each) => found.text === true && ["text", "choice", "empty"].includes(each[1]));
  const count = programs.length;
  return (state) => {
    const values: unknown[] = [];
    for (let at = 0; at < count; at++) {
      const value = (programs[at] as Program)(state);
      if (value === null && !blank[at]) return null;
      values.push(value ?? "");
    }
    if (found.zoned) values.push(state.surroundings.zone);
    const result = compute(...values);
    return result === "" ? null : result;
  };
}

type Builder = (programs: readonly Program[]) => Program;

function one(programs: readonly Program[], at = 0): Program {
  const found = programs[at];
  if (!found) throw new Unsupported("arguments");
  return found;
}

/** AND stops at false, OR at true; an empty part makes the rest empty. */
function joint(end: boolean): Builder {
  return (programs) => (state) => {
    let result: boolean | null = !end;
    for (const program of programs) {
      const value = program(state);
      if (value === end) return end;
      if (value === null) result = null;
    }
    return result;
  };
}

const negated: Builder = (programs) => {
  const argument = one(programs);
  return (state) => {
    const value = argument(state);
    return value === null ? null : !value;
  };
};

const isEmpty: Builder = (programs) => {
  const argument = one(programs);
  return (state) => {
    const value = argument(state);
    return value === null || (isList(value) && value.length === 0) || (isRow(value) && value.size === 0);
  };
};

function comparison(test: (left: Value, right: Value) => boolean): Builder {
  return (programs) => {
    const [first, second] = [one(programs), one(programs, 1)];
    return (state) => {
      const left = first(state);
      const right = second(state);
      return left === null || right === null ? null : test(left, right);
    };
  };
}

const between: Builder = (programs) => {
  const [subject, lowest, highest] = [one(programs), one(programs, 1), one(programs, 2)];
  return (state) => {
    const [value, low, high] = [subject(state), lowest(state), highest(state)];
    const above = value === null || low === null ? null : order(value, low) >= 0;
    const below = value === null || high === null ? null : order(value, high) <= 0;
    if (above === false || below === false) return false;
    return above === null || below === null ? null : true;
  };
};

const among: Builder = (programs) => {
  const [subject, listed] = [one(programs), one(programs, 1)];
  return (state) => {
    const value = subject(state);
    const items = listed(state) as readonly Value[];
    if (items.length === 0) return false;
    if (value === null) return null;
    if (items.some((item) => equal(value, item))) return true;
    return items.includes(null) ? null : false;
  };
};

const chosen: Builder = (programs) => {
  const otherwise = one(programs, programs.length - 1);
  return (state) => {
    for (let at = 0; at < programs.length - 1; at += 2) if (one(programs, at)(state) === true) return one(programs, at + 1)(state);
    return otherwise(state);
  };
};

const switched: Builder = (programs) => {
  const subject = one(programs);
  const otherwise = one(programs, programs.length - 1);
  return (state) => {
    const value = subject(state);
    if (value !== null) {
      for (let at = 1; at < programs.length - 1; at += 2) if (equal(one(programs, at)(state), value)) return one(programs, at + 1)(state);
    }
    return otherwise(state);
  };
};

const firstFilled: Builder = (programs) => (state) => {
  for (const program of programs) {
    const value = program(state);
    if (value !== null) return value;
  }
  return null;
};

const joined: Builder = (programs) => (state) => programs.map((program) => program(state) ?? "").join("") || null;

// ——— aggregates ———

const AGGREGATES: readonly string[] = ["SUM", "AVERAGE", "MIN", "MAX", "COUNT", "COUNTUNIQUE", "PRODUCT", ...Object.keys(DISTRIBUTIONS)];

/** One figure for many values; empty ones are left out. */
function summary(name: string, found: readonly Value[]): Value {
  const known = found.filter((value) => value !== null);
  if (name === "SUM") return total(known as Big[]);
  if (name === "COUNT") return number(known.length);
  if (name === "COUNTUNIQUE") return number(new Set(known.map(keyOf)).size);
  if (known.length === 0) return name === "PRODUCT" ? ZERO : null;
  if (name === "AVERAGE") {
    const sum = total(known as Big[]);
    return sum && divide(sum, number(known.length));
  }
  if (name === "PRODUCT") return (known as Big[]).reduce<Big | null>((product, value) => product && multiply(product, value), number(1));
  const distribution = Object.hasOwn(DISTRIBUTIONS, name) ? DISTRIBUTIONS[name] : undefined;
  if (distribution) return distribution(known as Big[]);
  const sign = name === "MIN" ? 1 : -1;
  return known.reduce((best, value) => (order(value, best) * sign < 0 ? value : best));
}

const OVER_ROWS: readonly string[] = [...AGGREGATES, "VALUES", "FIRST", "LAST", "JOIN", "LARGE", "SMALL"];

function overRows(name: string, given: readonly Tree[], frames: Frames): Program {
  const [path, value, condition, last] = given;
  if (path?.[0] !== "." || !value || !OVER_ROWS.includes(name)) throw new Unsupported(name);
  const depth = frames.length;
  const inside = [...frames, { names: path[2], steps: path[5] }];
  const items = listAt(path[2], path[5], frames);
  const found = programOf(value, inside);
  const holds = condition ? programOf(condition, inside) : null;
  const values = (state: State): Value[] => {
    const result: Value[] = [];
    for (const row of items(state)) {
      state.rows.length = depth;
      state.rows[depth] = row;
      if (holds === null || holds(state) === true) result.push(found(state));
    }
    return result;
  };
  return figure(name, values, last?.[0] === "=" ? last[3] : "");
}

/** What an aggregate makes of the values of its rows; `constant` is a separator or a place. */
function figure(name: string, values: (state: State) => Value[], constant: string): Program {
  if (name === "VALUES") return (state) => values(state).filter((each) => each !== null);
  if (name === "JOIN") return (state) => values(state).filter((each) => each !== null).join(constant) || null;
  if (name === "FIRST" || name === "LAST") return (state) => values(state).at(name === "FIRST" ? 0 : -1) ?? null;
  if (name === "LARGE" || name === "SMALL") return (state) => nth(name, values(state).filter((each) => each !== null), Number(constant));
  return (state) => summary(name, values(state));
}

// ——— people and time ———

function ids(pick: "departments" | "subordinates"): Builder {
  return () => (state) => [...(state.surroundings.actor?.[pick] ?? [])].sort((left, right) => left - right).map(number);
}

const hasRole: Builder = (programs) => {
  const [app, role] = [one(programs), one(programs, 1)];
  return (state) => {
    const actor = state.surroundings.actor;
    return actor !== null && (actor.isAdmin || actor.roles.has(`${String(app(state))}.${String(role(state))}`));
  };
};

const BUILDERS: ReadonlyMap<string, Builder> = new Map<string, Builder>([
  ["AND", joint(false)],
  ["OR", joint(true)],
  ["NOT", negated],
  ["IS_EMPTY", isEmpty],
  ["BETWEEN", between],
  ["IN", among],
  ["CASE", chosen],
  ["SWITCH", switched],
  ["COALESCE", firstFilled],
  ["&", joined],
  ["=", comparison(equal)],
  ["<>", comparison((left, right) => !equal(left, right))],
  ["<", comparison((left, right) => order(left, right) < 0)],
  ["<=", comparison((left, right) => order(left, right) <= 0)],
  [">", comparison((left, right) => order(left, right) > 0)],
  [">=", comparison((left, right) => order(left, right) >= 0)],
  ...AGGREGATES.map((name): [string, Builder] => [name, (programs) => (state) => summary(name, programs.map((program) => program(state)))]),
  ["ME", () => (state) => (state.surroundings.actor ? number(state.surroundings.actor.id) : null)],
  ["TODAY", () => (state) => state.surroundings.today],
  ["NOW", () => (state) => state.surroundings.now],
  ["CALENDAR", () => (state) => state.surroundings.calendar],
  ["MY_DEPARTMENTS", ids("departments")],
  ["MY_SUBORDINATES", ids("subordinates")],
  ["HAS_ROLE", hasRole],
]);

/** Everything that a tree may call here. */
export const KNOWN: readonly string[] = [...BUILDERS.keys(), ...Object.keys(OPERATIONS), ...OVER_ROWS.map((name) => `${name}@rows`)];
