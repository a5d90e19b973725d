// What an expression is computed with: the record and person at hand, the day, the zone.
import type { Day, Moment, Zone } from "./calendar";
import type { Row } from "./values";

/** Who acts; roles are written as app.role. */
export interface Actor {
  readonly id: number;
  readonly isAdmin: boolean;
  readonly roles: ReadonlySet<string>;
  readonly departments: readonly number[];
  readonly subordinates: readonly number[];
}

/** The surroundings of an evaluation. `related` gives a linked record, or null when there is none; it throws `NotAtHand` where
 * only the server knows. */
export interface Surroundings {
  readonly actor: Actor | null;
  readonly today: Day | null;
  readonly now: Moment | null;
  readonly zone: Zone | null;
  /** The calendar of the company, as `model/calendar.py` writes it. */
  readonly calendar: string;
  readonly related: (entity: string, id: string) => Row | null;
}

/** What an expression needs is known to the server only. */
export class NotAtHand extends Error {}

/** The value of a field that only the server knows; whoever reads it gets a `NotAtHand`. */
export const UNKNOWN: unique symbol = Symbol("unknown");
