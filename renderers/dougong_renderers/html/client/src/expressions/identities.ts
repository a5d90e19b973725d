// What a text is: a number, a date, a number by which a state knows people and companies. And amounts in Chinese capitals.
import type { Big } from "big.js";
import { type Day, dayFrom, padded } from "./calendar";
import { bounded, number, rounded } from "./numbers";
import type { Operation } from "./operation";
import type { Value } from "./values";

/** The number that a text says, thousands separators allowed. */
function numberIn(text: string): Big | null {
  const digits = text.replace(/^ +| +$/g, "").replaceAll(",", "");
  return /^[+-]?[0-9]{1,30}(\.[0-9]{1,20})?$/.test(digits) ? bounded(number(digits.replace("+", ""))) : null;
}

function dateIn(text: string): Day | null {
  const found = /^([0-9]{4})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日)$/.exec(text.replace(/^ +| +$/g, ""));
  return found && dayFrom(`${found[1] ?? ""}-${padded(Number(found[3] ?? found[5]), 2)}-${padded(Number(found[4] ?? found[6]), 2)}`);
}

const PROVINCES = /^(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])/;
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const OLDEST = "1850";

function born(text: string): Day | null {
  if (!/^[0-9]{17}[0-9X]$/.test(text) || !PROVINCES.test(text) || text.slice(6, 10) < OLDEST) return null;
  const day = dayFrom(`${text.slice(6, 10)}-${text.slice(10, 12)}-${text.slice(12, 14)}`);
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(text[at]), 0);
  return text[17] === "10X98765432"[sum % 11] ? day : null;
}

const CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY";

function isCreditCode(text: string): boolean {
  if (text.length !== 18 || [...text].some((sign) => !CREDIT_SIGNS.includes(sign))) return false;
  let [sum, weight] = [0, 1];
  for (const sign of text.slice(0, 17)) {
    sum += CREDIT_SIGNS.indexOf(sign) * weight;
    weight = (weight * 3) % 31;
  }
  return text[17] === CREDIT_SIGNS[(31 - (sum % 31)) % 31];
}

// ——— amounts ———

const DIGITS = "零壹贰叁肆伍陆柒捌玖";
const PLACES = ["", "拾", "佰", "仟"];

/** Four digits; zeros in between are said once, zeros at the end not. */
function thousands(value: bigint): string {
  let said = "";
  let waiting = false;
  for (const place of [3, 2, 1, 0]) {
    const digit = Number((value / 10n ** BigInt(place)) % 10n);
    if (digit === 0) waiting = said !== "";
    else {
      said += (waiting ? "零" : "") + (DIGITS[digit] ?? "") + (PLACES[place] ?? "");
      waiting = false;
    }
  }
  return said;
}

/** The part above a unit, and what is left, behind a zero where its first place is empty. */
function compound(value: bigint, by: bigint, unit: string, below: string): string {
  const high = value / by;
  const gap = high > 0n && below && value % by < by / 10n ? "零" : "";
  return (high > 0n ? yuanIn(high) + unit : "") + gap + below;
}

function yuanIn(value: bigint): string {
  if (value >= 100_000_000n) return compound(value, 100_000_000n, "亿", yuanIn(value % 100_000_000n));
  return value >= 10_000n ? compound(value, 10_000n, "万", thousands(value % 10_000n)) : thousands(value);
}

/** The amount to the fen, half up; nothing from 10^16 on. */
function capitals(value: Big): Value {
  const found = rounded(value, 2);
  if (found === null || found.abs().gte("1e16")) return null;
  const all = BigInt(found.abs().times(100).toFixed(0));
  const [yuan, jiao, fen] = [all / 100n, Number((all / 10n) % 10n), Number(all % 10n)];
  let said = yuan > 0n ? `${yuanIn(yuan)}元` : "";
  if (jiao) said += `${DIGITS[jiao] ?? ""}角`;
  else if (yuan > 0n && fen) said += "零";
  said = fen ? `${said}${DIGITS[fen] ?? ""}分` : `${said || "零元"}整`;
  return (found.lt(0) ? "负" : "") + said;
}

export const IDENTITIES: Readonly<Record<string, Operation>> = {
  VALUE: { compute: numberIn },
  ISNUMBER: { compute: (text: string) => numberIn(text) !== null, text: true },
  DATEVALUE: { compute: dateIn },
  ISMOBILE: { compute: (text: string) => /^1[3-9][0-9]{9}$/.test(text), text: true },
  ISIDNUMBER: { compute: (text: string) => born(text) !== null, text: true },
  IDBIRTHDAY: { compute: born },
  IDGENDER: { compute: (text: string) => born(text) && (Number(text[16]) % 2 ? "男" : "女") },
  ISCREDITCODE: { compute: isCreditCode, text: true },
  RMBCAP: { compute: capitals },
};
