// Values as expressions see them, and how they come from the server and go back as plain JSON.
import type { Big } from "big.js";
import { Day, type Moment, dayFrom, dayText } from "./calendar";
import { number, plain } from "./numbers";

/** A record or a row: field → value; a missing name is empty. */
export type Row = ReadonlyMap<string, Value>;
/** Ids are numbers too. Moments are microseconds since 1970 in UTC. */
export type Value = null | boolean | string | Big | Day | Moment | Row | readonly Value[];

/** JSON as the server writes values: {n: number}, {d: date}, {m: moment}, {r: record}, lists and texts as such. */
export type Written =
  | null
  | boolean
  | string
  | readonly Written[]
  | { readonly n: string }
  | { readonly d: string }
  | { readonly m: string }
  | { readonly r: Readonly<Record<string, Written>> };

/** A value from its JSON. */
export function read(written: Written): Value {
  if (written === null || typeof written !== "object") return written === "" ? null : written;
  if (isList(written)) return written.map(read);
  if ("n" in written) return number(written.n);
  if ("d" in written) return dayFrom(written.d);
  if ("m" in written) return BigInt(written.m);
  return new Map(Object.entries(written.r).map(([name, inner]) => [name, read(inner)]));
}

/** The JSON of a value. */
export function written(value: Value): Written {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "bigint") return { m: value.toString() };
  if (value instanceof Day) return { d: dayText(value) };
  if (isList(value)) return value.map(written);
  if (value instanceof Map) return { r: Object.fromEntries([...(value as Row)].map(([name, inner]) => [name, written(inner)])) };
  return { n: plain(value as Big) };
}

/** Whether a value is a list; `Array.isArray` does not narrow readonly ones. */
export function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

/** Whether two single values are the same. */
export function equal(left: Value, right: Value): boolean {
  if (left === right) return true;
  if (left === null || right === null || typeof left !== "object" || typeof right !== "object") return false;
  if (left instanceof Day || right instanceof Day) return left instanceof Day && right instanceof Day && left.ordinal === right.ordinal;
  if (isNumber(left) && isNumber(right)) return left.eq(right);
  return false;
}

/** The order of two values of one kind: negative, 0 or positive. */
export function order(left: Value, right: Value): number {
  if (isNumber(left)) return left.cmp(right as Big);
  if (left instanceof Day) return left.ordinal - (right as Day).ordinal;
  if (typeof left === "bigint") return left < (right as bigint) ? -1 : left > (right as bigint) ? 1 : 0;
  return orderOfTexts(left as string, right as string);
}

/** Whether a value is a number. */
export function isNumber(value: Value): value is Big {
  return typeof value === "object" && value !== null && "c" in value && "e" in value;
}

/** A text that is the same for values that are equal. */
export function keyOf(value: Value): string {
  if (isNumber(value)) return `n${plain(value)}`;
  if (value instanceof Day) return `d${value.ordinal}`;
  return `${typeof value}${String(value)}`;
}

// The order of code points; that of UTF-16 units differs where one side is beyond the basic plane.
function orderOfTexts(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const one = left.charCodeAt(at);
    const other = right.charCodeAt(at);
    if (one !== other) return raised(one) - raised(other);
  }
  return left.length - right.length;
}

function raised(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
