// The browser's engine of expressions: trees, values and surroundings from the server's JSON, and their evaluation.
import { Zone, type ZoneFacts, dayFrom } from "./calendar";
import type { Actor, Surroundings } from "./context";
import { KNOWN, type Program, type Tree, programOf } from "./program";
import { type Row, type Value, type Written, read, written } from "./values";

export { NotAtHand, UNKNOWN } from "./context";
export type { Surroundings } from "./context";
export { KNOWN, Unsupported, programOf } from "./program";
export type { Program, Tree } from "./program";
export { read, written } from "./values";
export type { Row, Value, Written } from "./values";

/** What the server says of the person, the day and the zone. */
export interface GivenSurroundings {
  readonly actor?: { readonly id: number; readonly admin: boolean; readonly roles: readonly string[]; readonly departments: readonly number[]; readonly subordinates: readonly number[] } | null;
  readonly today?: string;
  readonly now?: string;
  readonly zone?: ZoneFacts;
  readonly calendar?: string;
}

/** The surroundings from their JSON; `related` finds linked records. */
export function surroundings(given: GivenSurroundings, related: Surroundings["related"]): Surroundings {
  const actor: Actor | null = given.actor ? { ...given.actor, isAdmin: given.actor.admin, roles: new Set(given.actor.roles) } : null;
  return {
    actor,
    today: given.today === undefined ? null : dayFrom(given.today),
    now: given.now === undefined ? null : BigInt(given.now),
    zone: given.zone ? new Zone(given.zone) : null,
    calendar: given.calendar ?? "|",
    related,
  };
}

/** The value of a program for one record. */
export function evaluate(program: Program, record: Row, around: Surroundings): Value {
  return program({ surroundings: around, record, row: null });
}

/** Many trees over many records at once, all as JSON: for each tree the values of the records. */
export function table(trees: readonly Tree[], records: readonly Written[], given: GivenSurroundings, related: Readonly<Record<string, Written>>): Written[][] {
  const others = new Map(Object.entries(related).map(([key, row]) => [key, read(row) as Row]));
  const around = surroundings(given, (entity, id) => others.get(`${entity}/${id}`) ?? null);
  const rows = records.map((record) => read(record) as Row);
  return trees.map((tree) => {
    const program = programOf(tree);
    return rows.map((row) => written(evaluate(program, row, around)));
  });
}

export const known = (): readonly string[] => KNOWN;
