// Whole numbers and multiples, roots, and the instalments of loans.
import type { Big } from "big.js";
import { ONE, ZERO, bounded, isZero, multiply, number, power as wholePower, rounded, scaled, whole } from "./numbers";
import * as precise from "./precise";
import type { Operation } from "./operation";
import type { Value } from "./values";

const absolute = (value: bigint): bigint => (value < 0n ? -value : value);

function quotient(value: Big, divisor: Big): Value {
  if (isZero(divisor)) return null;
  const [dividend, by] = scaled(value, divisor);
  return bounded(number((dividend / by).toString()));
}

/** The nearest multiple, a tie away from zero; numbers of different sign have none, as in Excel. */
function nearestMultiple(value: Big, step: Big): Value {
  if (isZero(step)) return ZERO;
  const [dividend, by] = scaled(value, step);
  if (dividend !== 0n && dividend < 0n !== by < 0n) return null;
  const count = (2n * absolute(dividend) + absolute(by)) / (2n * absolute(by));
  return bounded(number(count.toString()).times(step));
}

function even(value: Big): Big | null {
  const half = rounded(value.abs().times("0.5"), 0, "ceiling");
  return half && multiply(half, number(value.gte(ZERO) ? 2 : -2));
}

function odd(value: Big): Value {
  const above = value.abs().minus(ONE);
  const near = even(above.lt(ZERO) ? ZERO : above);
  const found = near && bounded(near.plus(ONE));
  return found && (value.gte(ZERO) ? found : found.times(-1));
}

function wholes(numbers: readonly Big[]): bigint[] | null {
  return numbers.some((each) => each.lt(ZERO)) ? null : numbers.map((each) => BigInt(each.round(0, 0).toFixed()));
}

function divisor(left: bigint, right: bigint): bigint {
  return right === 0n ? left : divisor(right, left % right);
}

function greatestDivisor(...numbers: Big[]): Value {
  const found = wholes(numbers);
  return found && number(found.reduce(divisor).toString());
}

function leastMultiple(...numbers: Big[]): Value {
  const found = wholes(numbers)?.reduce((left, right) => (left === 0n || right === 0n ? 0n : (left / divisor(left, right)) * right));
  return found === undefined ? null : bounded(number(found.toString()));
}

function factorial(value: Big): Value {
  if (value.lt(ZERO) || value.gte(29)) return null;
  let result = 1n;
  for (let factor = 2n; factor <= BigInt(whole(value)); factor++) result *= factor;
  return number(result.toString());
}

/** Half up by whole numbers: no digit depends on a precision. */
function root(value: Big): Value {
  if (value.lt(ZERO)) return null;
  const square = BigInt(value.times("1e20").round(0, 0).toFixed());
  return number(((wholeRoot(4n * square) + 1n) / 2n).toString()).times("1e-10");
}

export function wholeRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let guess = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (guess + value / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}

// ——— loans ———

const MOST_PERIODS = 12_000;

/** (1 + rate) to the power of the periods; only whole periods are exact numbers. */
function growth(rate: Big, periods: Big): Big | null {
  if (!periods.eq(periods.round(0, 0)) || periods.lt(ZERO) || periods.gt(MOST_PERIODS) || rate.lte(-1)) return null;
  return precise.power(rate.plus(ONE), whole(periods));
}

/** What instalments of 1 have grown to at the end; `due` is 1 when they are paid at the beginning of each period. */
function instalments(rate: Big, grown: Big, periods: Big, due: Big): Big {
  if (isZero(rate)) return periods;
  return precise.kept(precise.divided(grown.minus(ONE), rate).times(ONE.plus(rate.times(due))));
}

function result(numerator: Big, denominator: Big): Value {
  return isZero(denominator) ? null : rounded(precise.divided(numerator.times(-1), denominator), 10);
}

type Loan = (grown: Big, paid: Big, amount: Big, other: Big) => Value;

/** The rate, the periods, an amount, another one, and whether instalments are paid at the beginning. */
function loan(compute: Loan): Operation {
  return {
    compute: (rate: Big, periods: Big, amount: Big, other: Big = ZERO, due: Big = ZERO) => {
      const grown = growth(rate, periods);
      if (grown === null || !(due.eq(ZERO) || due.eq(ONE))) return null;
      return compute(grown, instalments(rate, grown, periods, due), amount, other);
    },
  };
}

export const MULTIPLES: Readonly<Record<string, Operation>> = {
  SIGN: { compute: (value: Big) => number(value.cmp(ZERO)) },
  QUOTIENT: { compute: quotient },
  MROUND: { compute: nearestMultiple },
  EVEN: { compute: even },
  ODD: { compute: odd },
  GCD: { compute: greatestDivisor },
  LCM: { compute: leastMultiple },
  FACT: { compute: factorial },
  SQRT: { compute: root },
  POWER: { compute: wholePower },
  PMT: loan((grown, paid, present, future) => result(precise.kept(present.times(grown)).plus(future), paid)),
  FV: loan((grown, paid, payment, present) => result(precise.kept(present.times(grown)).plus(payment.times(paid)), ONE)),
  PV: loan((grown, paid, payment, future) => result(future.plus(payment.times(paid)), grown)),
};
