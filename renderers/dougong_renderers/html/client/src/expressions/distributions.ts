// How numbers are distributed: their middle, their order, how far they lie apart. Exact up to the last step.
import type { Big } from "big.js";
import { ZERO, bounded, number, scaled } from "./numbers";
import { wholeRoot } from "./multiples";
import { type Value, keyOf, order } from "./values";

type Distribution = (known: readonly Big[]) => Value;

function median(known: readonly Big[]): Value {
  const ordered = [...known].sort(order);
  const middle = Math.floor(ordered.length / 2);
  const upper = ordered[middle] ?? ZERO;
  return ordered.length % 2 ? upper : bounded((ordered[middle - 1] ?? ZERO).plus(upper).times("0.5"));
}

/** The most frequent number, of several the one that comes first; null when every number is another. */
function mode(known: readonly Big[]): Value {
  const counts = new Map<string, number>();
  for (const each of known) counts.set(keyOf(each), (counts.get(keyOf(each)) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return most < 2 ? null : (known.find((each) => counts.get(keyOf(each)) === most) ?? null);
}

/** The nth largest or smallest value, equal ones counted each. */
export function nth(name: string, known: readonly Value[], place: number): Value {
  return [...known].sort(order).at(name === "LARGE" ? -place : place - 1) ?? null;
}

/** The mean square of the distances from the mean, as a fraction of whole numbers; of a sample one less is counted. */
function squares(known: readonly Big[], less: bigint): readonly [bigint, bigint] | null {
  const count = BigInt(known.length);
  if (count - less < 1n) return null;
  const smallest = known.reduce((found, each) => (decimals(each) > decimals(found) ? each : found), ZERO);
  const whole = known.map((each) => scaled(each, smallest)[0]);
  const sum = whole.reduce((left, right) => left + right, 0n);
  const distances = count * whole.reduce((found, each) => found + each * each, 0n) - sum * sum;
  return [distances, count * (count - less) * 10n ** BigInt(2 * Math.max(decimals(smallest), 0))];
}

function decimals(value: Big): number {
  return value.c.length - 1 - value.e;
}

/** Half up to ten decimals, from twice the number without its decimals. */
function toTen(doubled: bigint): Value {
  return bounded(number(((doubled + 1n) / 2n).toString()).times("1e-10"));
}

function variance(less: bigint): Distribution {
  return (known) => {
    const found = squares(known, less);
    return found && toTen((2n * found[0] * 10n ** 10n) / found[1]);
  };
}

function deviation(less: bigint): Distribution {
  return (known) => {
    const found = squares(known, less);
    return found && toTen(wholeRoot((4n * found[0] * 10n ** 20n) / found[1]));
  };
}

export const DISTRIBUTIONS: Readonly<Record<string, Distribution>> = {
  MEDIAN: median,
  MODE: mode,
  VAR: variance(1n),
  VARP: variance(0n),
  STDEV: deviation(1n),
  STDEVP: deviation(0n),
};
