// TEXT: numbers and dates written by a pattern, as spreadsheets do it.
import type { Big } from "big.js";
import { Day, type Zone, civil, padded, parts } from "./calendar";
import { MAX_DECIMALS, number, plain, rounded } from "./numbers";
import { type Value, isNumber } from "./values";

const NUMBER = /^([^0#]*)(#,##0|#|0+)(?:\.([0#]+))?(%?)([^0#]*)$/;
const DATE_PARTS = /yyyy|YYYY|yy|MM|mm|M|dd|DD|d|HH|hh|H|h|ss|[^]/gu;

/** The value by the pattern; texts and options stay as they are, an unusable pattern gives nothing. */
export function formatted(value: Value, pattern: string, zone: Zone): string | null {
  if (isNumber(value)) return ofNumber(value, pattern);
  if (value instanceof Day) return ofDate(value, 0n, pattern);
  if (typeof value === "bigint") {
    const clock = parts(zone.clock(value));
    return clock && ofDate(clock[0], clock[1], pattern);
  }
  return typeof value === "string" ? value : null;
}

function ofNumber(value: Big, pattern: string): string | null {
  const found = NUMBER.exec(pattern);
  if (!found) return null;
  const [, before = "", wanted = "", fraction = "", percent = "", after = ""] = found;
  if (fraction.length > MAX_DECIMALS || wanted.length > 30) return null;
  const shown = rounded(percent ? value.times(number(100)) : value, fraction.length);
  if (shown === null) return null;
  const [digits = "", all = ""] = plain(shown.abs()).split(".");
  const whole = wanted.includes(",") ? digits.replace(/\B(?=(\d{3})+$)/g, ",") : digits.padStart(wanted.replaceAll("#", "").length, "0");
  const needed = fraction.replace(/#+$/, "").length;
  let decimals = all.padEnd(fraction.length, "0");
  while (decimals.length > needed && decimals.endsWith("0")) decimals = decimals.slice(0, -1);
  return `${shown.lt(0) ? "-" : ""}${before}${whole}${decimals ? "." : ""}${decimals}${percent}${after}`;
}

/** `M` is the month, `m` behind an hour or before seconds the minute: `HH:mm`, `yyyy-mm-dd` and `yyyy-MM-dd` all work. */
function ofDate(day: Day, ofDay: bigint, pattern: string): string {
  const [year, month, date] = civil(day);
  const second = Number(ofDay / 1_000_000n);
  const hour = Math.floor(second / 3600);
  const minute = Math.floor(second / 60) % 60;
  const found = pattern.match(DATE_PARTS) ?? [];
  const timed = found.some((part) => ["HH", "hh", "H", "h"].includes(part));
  const written: Readonly<Record<string, string>> = {
    yyyy: padded(year, 4),
    YYYY: padded(year, 4),
    yy: padded(year % 100, 2),
    MM: padded(month, 2),
    mm: padded(timed ? minute : month, 2),
    M: String(month),
    dd: padded(date, 2),
    DD: padded(date, 2),
    d: String(date),
    HH: padded(hour, 2),
    hh: padded(hour, 2),
    H: String(hour),
    h: String(hour),
    ss: padded(second % 60, 2),
  };
  return found.map((part) => written[part] ?? part).join("");
}
