// What one function of the browser is.
import type { Value } from "./values";

/** `text` says that an empty argument of text counts as one without characters, `zoned` that the function takes the zone as its
 * last argument. */
export interface Operation {
  readonly compute: (...given: never[]) => Value;
  readonly text?: boolean;
  readonly zoned?: boolean;
}
