// Arithmetic with a hundred digits, for what is rounded to ten decimals in the end.
import BigNumber, { type Big } from "big.js";

const DIGITS = 110;
const Long = BigNumber();
Long.DP = 100;
Long.RM = 2;

/** A number with no more digits than count. */
export function kept(value: Big): Big {
  return value.c.length > DIGITS ? value.prec(DIGITS, 2) : value;
}

/** A quotient to a hundred decimals. */
export function divided(left: Big, right: Big): Big {
  return new Long(left).div(right);
}

/** A whole power. */
export function power(base: Big, exponent: number): Big {
  let result: Big = new Long(1);
  let square: Big = base;
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = kept(result.times(square));
    square = kept(square.times(square));
  }
  return result;
}
