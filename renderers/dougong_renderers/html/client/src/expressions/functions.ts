// The functions that compute one value from others; what decides itself what it computes stands in program.ts.
import type { Big } from "big.js";
import { Day, type Civil, type Moment, type Zone, civil, dayFromCivil, dayOf, dayText, daysIn, isoWeek, momentWithin, parts, weekday } from "./calendar";
import { formatted } from "./formats";
import * as numbers from "./numbers";
import { number, whole } from "./numbers";
import * as texts from "./texts";
import type { Row, Value } from "./values";

/** One function: `text` says that an empty argument of text counts as one without characters, `zoned` that it takes the zone as
 * its last argument. */
export interface Operation {
  readonly compute: (...given: never[]) => Value;
  readonly text?: boolean;
  readonly zoned?: boolean;
}

type When = Day | Moment;
const MONTHS: Readonly<Record<string, number>> = { month: 1, quarter: 3, year: 12 };
const DAYS: Readonly<Record<string, number>> = { day: 1, week: 7 };
const SECONDS: Readonly<Record<string, bigint>> = { hour: 3600n, minute: 60n };
const FARTHEST = { month: 48_000, day: 1_464_000, hour: 35_136_000, minute: 1_000_000_000 } as const;
const MINUTE = 60_000_000n;

// ——— dates ———

/** The day and the microseconds of the day by the clock of the zone; null outside the calendar. */
function local(value: When, zone: Zone): readonly [Day, bigint] | null {
  return value instanceof Day ? [value, 0n] : parts(zone.clock(value));
}

function day(value: When, zone: Zone): Day | null {
  return value instanceof Day ? value : (local(value, zone)?.[0] ?? null);
}

/** So many days later; the fraction of a day is cut; empty outside the years 1 to 9999. */
export function addDays(value: Day, days: Big | number): Day | null {
  const count = typeof days === "number" ? days : whole(days);
  return Math.abs(count) > FARTHEST.day ? null : dayOf(value.ordinal + count);
}

/** The same day of a later month, or the last day of it when it is shorter. */
export function addMonths(value: Day, months: number): Day | null {
  if (Math.abs(months) > FARTHEST.month) return null;
  const [year, month, date] = civil(value);
  const index = year * 12 + month - 1 + months;
  const [newYear, newMonth] = [Math.floor(index / 12), (((index % 12) + 12) % 12) + 1];
  if (newYear < 1 || newYear > 9999) return null;
  return dayFromCivil([newYear, newMonth, Math.min(date, daysIn(newYear, newMonth))]);
}

function moved(value: Day, count: number, unit: string): Day | null {
  const days = DAYS[unit];
  return days === undefined ? addMonths(value, count * (MONTHS[unit] ?? 0)) : addDays(value, count * days);
}

function date(...given: (Big | When | Zone)[]): Value {
  if (given.length === 2) return day(given[0] as When, given[1] as Zone);
  const [year = 0, month = 0, ofMonth = 0] = given.slice(0, 3).map((each) => whole(each as Big));
  if (year < 1 || year > 9999) return null;
  const first = addMonths(dayFromCivil([year, 1, 1]), month - 1);
  return first && addDays(first, ofMonth - 1);
}

function dateAdd(value: When, count: Big, unit: string, zone: Zone): Value {
  const times = whole(count);
  if (value instanceof Day) return unit in SECONDS ? null : moved(value, times, unit);
  const step = SECONDS[unit];
  if (step !== undefined) {
    if (Math.abs(times) > FARTHEST[unit as "hour" | "minute"]) return null;
    return momentWithin(value + step * 1_000_000n * BigInt(times));
  }
  const clock = local(value, zone);
  const later = clock && moved(clock[0], times, unit);
  return later && clock ? zone.moment(BigInt(later.ordinal - 719163) * 86_400_000_000n + clock[1]) : null;
}

function ofDate(pick: (date: Civil) => number): Operation {
  return {
    compute: (value: When, zone: Zone) => {
      const found = day(value, zone);
      return found && number(pick(civil(found)));
    },
    zoned: true,
  };
}

function ofClock(size: bigint, count: bigint): Operation {
  return {
    compute: (value: When, zone: Zone) => {
      const found = local(value, zone);
      return found && number(Number((found[1] / size) % count));
    },
    zoned: true,
  };
}

function ofDay(compute: (found: Day, ...rest: Big[]) => Value): Operation {
  return {
    compute: (value: When, ...rest: (Big | Zone)[]) => {
      const found = day(value, rest.at(-1) as Zone);
      return found && compute(found, ...(rest.slice(0, -1) as Big[]));
    },
    zoned: true,
  };
}

function ofDays(compute: (one: Day, other: Day, ...rest: string[]) => Value): Operation {
  return {
    compute: (one: When, other: When, ...rest: (string | Zone)[]) => {
      const zone = rest.at(-1) as Zone;
      const first = day(one, zone);
      const second = day(other, zone);
      return first && second && compute(first, second, ...(rest.slice(0, -1) as string[]));
    },
    zoned: true,
  };
}

function difference(start: Day, end: Day, unit = "D"): Value {
  if (unit.toUpperCase() === "D") return number(end.ordinal - start.ordinal);
  const sign = end.ordinal >= start.ordinal ? 1 : -1;
  const [early, late] = sign > 0 ? [civil(start), civil(end)] : [civil(end), civil(start)];
  const months = (late[0] - early[0]) * 12 + late[1] - early[1] - (late[2] < early[2] ? 1 : 0);
  return number(sign * (unit.toUpperCase() === "M" ? months : Math.floor(months / 12)));
}

function weekdayBy(found: Day, kind?: Big): Value {
  const monday = weekday(found);
  if (kind === undefined || whole(kind) === 1) return number(((monday + 1) % 7) + 1);
  return number(whole(kind) === 2 ? monday + 1 : monday);
}

function monthEnd(found: Day, months?: Big): Value {
  const [year, month] = civil(found);
  const first = addMonths(dayFromCivil([year, month, 1]), whole(months ?? numbers.ZERO));
  if (!first) return null;
  const [newYear, newMonth] = civil(first);
  return dayFromCivil([newYear, newMonth, daysIn(newYear, newMonth)]);
}

// ——— numbers and texts ———

const EARTH = 6371.0088;

function distance(...given: Big[]): Value {
  const [fromLat = 0, fromLng = 0, toLat = 0, toLng = 0] = given.map((each) => (Number(plainNumber(each)) * Math.PI) / 180);
  const half = Math.sin((toLat - fromLat) / 2) ** 2 + Math.cos(fromLat) * Math.cos(toLat) * Math.sin((toLng - fromLng) / 2) ** 2;
  return number((2 * EARTH * Math.asin(Math.min(1, Math.sqrt(half)))).toFixed(3));
}

const plainNumber = numbers.plain;

function round(how: numbers.Rounding): Operation {
  return { compute: (value: Big, places?: Big) => numbers.rounded(value, places ? whole(places) : 0, how) };
}

function multiple(how: "floor" | "ceiling"): Operation {
  return { compute: (value: Big, step?: Big) => numbers.multiple(value, step ?? numbers.ONE, how) };
}

function valueOf(text: string): Value {
  const digits = text.replace(/^ +| +$/g, "").replaceAll(",", "");
  return /^[+-]?[0-9]{1,30}(\.[0-9]{1,20})?$/.test(digits) ? numbers.bounded(number(digits.replace("+", ""))) : null;
}

function middle(text: string, start: Big, count: Big): Value {
  const begin = whole(start) - 1;
  return begin < 0 ? null : texts.slice(text, begin, begin + Math.max(0, whole(count)));
}

function right(text: string, count: Big = numbers.ONE): Value {
  const all = texts.length(text);
  return texts.slice(text, Math.max(0, all - Math.max(0, whole(count))));
}

const compare = (test: (text: string, part: string) => boolean): Operation => ({
  compute: (text: string, part: string) => test(texts.lower(text), texts.lower(part)),
  text: true,
});

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  "+": { compute: numbers.add },
  "-": { compute: numbers.subtract },
  "*": { compute: numbers.multiply },
  "/": { compute: numbers.divide },
  NEGATE: { compute: (value: Big) => value.times(-1) },
  AS_TEXT: { compute: (value: Big | Day) => (value instanceof Day ? dayText(value) : numbers.plain(value)) },
  ADD_DAYS: { compute: addDays },
  PART: { compute: (value: Row, name: string) => value.get(name) ?? null },
  PART_NUMBER: { compute: (value: Row, name: string) => partNumber(value.get(name) ?? null) },
  LIKE: { compute: texts.like },
  DATE: { compute: date, zoned: true },
  YEAR: ofDate(([year]) => year),
  QUARTER: ofDate(([, month]) => Math.floor((month + 2) / 3)),
  MONTH: ofDate(([, month]) => month),
  DAY: ofDate(([, , ofMonth]) => ofMonth),
  HOUR: ofClock(60n * MINUTE, 24n),
  MINUTE: ofClock(MINUTE, 60n),
  WEEKDAY: ofDay(weekdayBy),
  ISOWEEKNUM: ofDay((found) => number(isoWeek(found))),
  DAYS: ofDays((end, start) => number(end.ordinal - start.ordinal)),
  DATEADD: { compute: dateAdd, zoned: true },
  DATEDIF: ofDays(difference),
  EDATE: ofDay((found, months) => addMonths(found, whole(months ?? numbers.ZERO))),
  EOMONTH: ofDay(monthEnd),
  ROUND: round("half_up"),
  ROUNDUP: round("up"),
  ROUNDDOWN: round("down"),
  INT: { compute: (value: Big) => numbers.rounded(value, 0, "floor") },
  ABS: { compute: (value: Big) => value.abs() },
  MOD: { compute: numbers.modulo },
  POWER: { compute: numbers.power },
  CEILING: multiple("ceiling"),
  FLOOR: multiple("floor"),
  DISTANCE: { compute: distance },
  VALUE: { compute: valueOf },
  LEFT: { compute: (text: string, count: Big = numbers.ONE) => texts.slice(text, 0, Math.max(0, whole(count))), text: true },
  RIGHT: { compute: right, text: true },
  MID: { compute: middle, text: true },
  LEN: { compute: (text: string) => number(texts.length(text)), text: true },
  LOWER: { compute: texts.lower },
  UPPER: { compute: texts.upper },
  TRIM: { compute: texts.trimmed, text: true },
  PLAINTEXT: { compute: texts.plainText, text: true },
  SUBSTITUTE: { compute: texts.substituted, text: true },
  FIND: { compute: (part: string, text: string) => number(texts.find(part, text)), text: true },
  ENCODEURL: { compute: texts.encoded, text: true },
  CONTAINS: compare((text, part) => text.includes(part)),
  STARTSWITH: compare((text, part) => text.startsWith(part)),
  ENDSWITH: compare((text, part) => text.endsWith(part)),
  TEXT: { compute: formatted, zoned: true },
};

function partNumber(found: Value): Value {
  return typeof found === "string" ? number(found) : found;
}
