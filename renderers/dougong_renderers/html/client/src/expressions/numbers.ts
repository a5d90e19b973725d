// Exact decimals with the bounds that every back end shares: twenty decimals, thirty digits before the point, ties away from zero.
import BigNumber, { type Big } from "big.js";

export const MAX_DECIMALS = 20;
const MAX_DIGITS = 30;
const DIVISION_DECIMALS = 10;
const DOWN = 0;
const HALF_UP = 1;
const UP = 3;

const Exact = BigNumber();
Exact.DP = DIVISION_DECIMALS;
Exact.RM = HALF_UP;

export const ZERO: Big = new Exact(0);
export const ONE: Big = new Exact(1);

/** How a number is rounded. */
export type Rounding = "half_up" | "up" | "down" | "floor" | "ceiling";

/** A number from digits, or from a whole number that is small enough to be exact. */
export function number(written: string | number): Big {
  return new Exact(written);
}

function decimalsOf(value: Big): number {
  return value.c.length - 1 - value.e;
}

/** The value with at most twenty decimals, rounded half up; null when it is too large to keep. */
export function bounded(value: Big): Big | null {
  const kept = decimalsOf(value) > MAX_DECIMALS ? value.round(MAX_DECIMALS, HALF_UP) : value;
  return kept.e >= MAX_DIGITS ? null : kept;
}

export const add = (left: Big, right: Big): Big | null => bounded(left.plus(right));
export const subtract = (left: Big, right: Big): Big | null => bounded(left.minus(right));
export const multiply = (left: Big, right: Big): Big | null => bounded(left.times(right));

/** The quotient to ten decimals, half up; null when dividing by zero. */
export function divide(left: Big, right: Big): Big | null {
  return isZero(right) ? null : bounded(left.div(right));
}

export function isZero(value: Big): boolean {
  return value.c[0] === 0;
}

/** The exact sum of any number of values; 0 of none. */
export function total(values: readonly Big[]): Big | null {
  const small = smallTotal(values);
  return bounded(small ?? values.reduce((sum, value) => sum.plus(value), ZERO));
}

/** The sum as long as whole numbers of the language are exact, which is what sums of amounts mostly are; null beyond. */
function smallTotal(values: readonly Big[]): Big | null {
  let scale = 0;
  for (const value of values) scale = Math.max(scale, decimalsOf(value));
  if (scale > 15) return null;
  let sum = 0;
  for (const value of values) {
    const shift = scale - decimalsOf(value);
    let digits = 0;
    for (const digit of value.c) digits = digits * 10 + digit;
    const part = digits * (POWERS[shift] ?? Infinity);
    sum += value.s * part;
    if (part > Number.MAX_SAFE_INTEGER || Math.abs(sum) > Number.MAX_SAFE_INTEGER) return null;
  }
  return new Exact(`${sum}e-${scale}`);
}

const POWERS = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);

/** The value rounded to that many decimals (negative: to tens, hundreds…). */
export function rounded(value: Big, places: number, how: Rounding = "half_up"): Big | null {
  const kept = Math.max(-31, Math.min(MAX_DECIMALS, places));
  if (decimalsOf(value) <= kept) return bounded(value);
  return bounded(value.round(kept, modeOf(value, how)));
}

function modeOf(value: Big, how: Rounding): 0 | 1 | 3 {
  if (how === "half_up") return HALF_UP;
  if (how === "up" || how === "down") return how === "up" ? UP : DOWN;
  return (how === "ceiling") === value.s > 0 ? UP : DOWN;
}

/** The whole part as a number, cut towards zero; beyond what is exact it stays beyond any bound. */
export function whole(value: Big): number {
  return Number(value.round(0, DOWN).toFixed());
}

/** Two numbers as whole numbers in the same ratio. */
export function scaled(value: Big, other: Big): readonly [bigint, bigint] {
  const factor = `1e${Math.max(decimalsOf(value), decimalsOf(other), 0)}`;
  return [BigInt(value.times(factor).toFixed()), BigInt(other.times(factor).toFixed())];
}

/** What is left after dividing, with the sign of the divisor, as in Excel. */
export function modulo(value: Big, divisor: Big): Big | null {
  if (isZero(divisor)) return null;
  const left = value.mod(divisor);
  return !isZero(left) && left.s !== divisor.s ? left.plus(divisor) : left;
}

/** The next multiple of a step at or below (floor) or at or above (ceiling) the number. */
export function multiple(value: Big, step: Big, how: "floor" | "ceiling"): Big | null {
  if (isZero(step)) return null;
  const size = step.abs();
  const left = value.mod(size);
  const low = value.minus(left).minus(!isZero(left) && left.s < 0 ? size : ZERO);
  return bounded(how === "floor" || isZero(left) ? low : low.plus(size));
}

/** A whole power; others are no exact numbers. */
export function power(base: Big, exponent: Big): Big | null {
  const times = whole(exponent);
  if (!exponent.eq(exponent.round(0, DOWN)) || Math.abs(times) > 1000) return null;
  let result: Big | null = ONE;
  for (let at = 0; at < Math.abs(times) && result !== null; at++) result = multiply(result, base);
  return times < 0 && result !== null ? divide(ONE, result) : result;
}

/** A number in digits without exponent or trailing zeros. */
export function plain(value: Big): string {
  return isZero(value) ? "0" : value.toFixed();
}
