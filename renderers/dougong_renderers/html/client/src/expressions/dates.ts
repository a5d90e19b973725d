// Dates and moments: their parts, moved ones, differences, and the ways in which banks count days.
import type { Big } from "big.js";
import { Day, type Civil, type Moment, type Zone, civil, clockOf, dayFromCivil, dayOf, daysIn, isoWeek, momentWithin, padded, parts, weekday } from "./calendar";
import { ZERO, divide, number, whole } from "./numbers";
import type { Operation } from "./operation";
import type { Value } from "./values";
import { workingDays } from "./working-days";

type When = Day | Moment;
const MONTHS: Readonly<Record<string, number>> = { month: 1, quarter: 3, year: 12 };
const DAYS: Readonly<Record<string, number>> = { day: 1, week: 7 };
const SECONDS: Readonly<Record<string, bigint>> = { hour: 3600n, minute: 60n };
const FARTHEST = { month: 48_000, day: 1_464_000, hour: 35_136_000, minute: 1_000_000_000, second: 1_000_000_000 } as const;
const SECOND = 1_000_000n;

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
function addMonths(value: Day, months: number): Day | null {
  return Math.abs(months) > FARTHEST.month ? null : shifted(value, months);
}

function shifted(value: Day, months: number): Day | null {
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
    return momentWithin(value + step * SECOND * BigInt(times));
  }
  const clock = local(value, zone);
  const later = clock && moved(clock[0], times, unit);
  return later && clock ? zone.moment(clockOf(later, clock[1])) : null;
}

/** The moment at which the clocks show a time on a day; hours, minutes and seconds run over. */
function dateTime(value: When, hour: Big, minute: Big, ...rest: (Big | Zone)[]): Value {
  const zone = rest.at(-1) as Zone;
  const seconds = secondsOf(hour, minute, rest.length === 2 ? (rest[0] as Big) : ZERO);
  const found = day(value, zone);
  if (found === null || Math.abs(seconds) > FARTHEST.second) return null;
  const clock = momentWithin(clockOf(found, BigInt(seconds) * SECOND));
  return clock === null ? null : zone.moment(clock);
}

function secondsOf(hour: Big, minute: Big, second: Big): number {
  return whole(hour) * 3600 + whole(minute) * 60 + whole(second);
}

function time(hour: Big, minute: Big, second?: Big): Value {
  const seconds = secondsOf(hour, minute, second ?? ZERO);
  if (seconds < 0 || seconds > FARTHEST.second) return null;
  const ofDay = seconds % 86_400;
  const clock = `${padded(Math.floor(ofDay / 3600), 2)}:${padded(Math.floor(ofDay / 60) % 60, 2)}`;
  return second ? `${clock}:${padded(ofDay % 60, 2)}` : clock;
}

function ofDate(pick: (date: Civil) => number): Operation {
  return ofDay((found) => number(pick(civil(found))));
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

function ofDay<Rest extends unknown[]>(compute: (found: Day, ...rest: Rest) => Value): Operation {
  return {
    compute: (value: When, ...rest: unknown[]) => {
      const found = day(value, rest.at(-1) as Zone);
      return found && compute(found, ...(rest.slice(0, -1) as Rest));
    },
    zoned: true,
  };
}

function ofDays<Rest extends unknown[]>(compute: (one: Day, other: Day, ...rest: Rest) => Value): Operation {
  return {
    compute: (one: When, other: When, ...rest: unknown[]) => {
      const zone = rest.at(-1) as Zone;
      const first = day(one, zone);
      const second = day(other, zone);
      return first && second && compute(first, second, ...(rest.slice(0, -1) as Rest));
    },
    zoned: true,
  };
}

function difference(start: Day, end: Day, written: string): Value {
  const unit = written.toUpperCase();
  if (unit === "D") return number(end.ordinal - start.ordinal);
  const sign = end.ordinal >= start.ordinal ? 1 : -1;
  const [first, last] = sign > 0 ? [start, end] : [end, start];
  const [early, late] = [civil(first), civil(last)];
  const months = (late[0] - early[0]) * 12 + late[1] - early[1] - (late[2] < early[2] ? 1 : 0);
  if (unit === "M") return number(sign * months);
  if (unit === "Y" || unit === "YM") return number(sign * (unit === "Y" ? Math.floor(months / 12) : months % 12));
  const reached = shifted(first, unit === "MD" ? months : months - (months % 12));
  return number(reached ? sign * (last.ordinal - reached.ordinal) : 0);
}

function weekdayBy(found: Day, kind?: Big): Value {
  const monday = weekday(found);
  if (kind === undefined || whole(kind) === 1) return number(((monday + 1) % 7) + 1);
  return number(whole(kind) === 2 ? monday + 1 : monday);
}

/** The number of a week; kinds from 11 on begin it with Monday, Tuesday and so on, 21 is that of ISO 8601. */
function week(found: Day, given?: Big): Value {
  const kind = given ? whole(given) : 1;
  if (kind === 21) return number(isoWeek(found));
  const beginning = kind === 1 ? 6 : kind === 2 ? 0 : kind - 11;
  const into = (weekday(found) - beginning + 7) % 7;
  const ofYear = found.ordinal - dayFromCivil([civil(found)[0], 1, 1]).ordinal + 1;
  return number(Math.floor((ofYear - into + 5) / 7) + 1);
}

function monthEnd(found: Day, months: Big): Value {
  const [year, month] = civil(found);
  const first = addMonths(dayFromCivil([year, month, 1]), whole(months));
  if (!first) return null;
  const [newYear, newMonth] = civil(first);
  return dayFromCivil([newYear, newMonth, daysIn(newYear, newMonth)]);
}

/** Months of thirty days. The American way shortens the last day of February too, and keeps the 31st behind other days. */
function daysOf360(first: Day, last: Day, european: boolean): number {
  const [early, late] = [civil(first), civil(last)];
  let [start, end] = [early[2], late[2]];
  if (european) [start, end] = [Math.min(start, 30), Math.min(end, 30)];
  else {
    if (start === 31 || (early[1] === 2 && start === daysIn(early[0], 2))) start = 30;
    if (end === 31 && start === 30) end = 30;
  }
  return (late[0] - early[0]) * 360 + (late[1] - early[1]) * 30 + end - start;
}

/** The part of a year between two days in either order. */
function yearFraction(one: Day, other: Day, given?: Big): Value {
  const [first, last] = one.ordinal <= other.ordinal ? [one, other] : [other, one];
  const basis = given ? whole(given) : 0;
  if (basis === 2 || basis === 3) return divide(number(last.ordinal - first.ordinal), number(basis === 2 ? 360 : 365));
  return divide(number(daysOf360(first, last, basis === 4)), number(360));
}

function workday(found: Day, count: Big, calendar: string): Value {
  const ordinal = workingDays(calendar).moved(found.ordinal, whole(count));
  return ordinal === null ? null : dayOf(ordinal);
}

export const DATES: Readonly<Record<string, Operation>> = {
  ADD_DAYS: { compute: addDays },
  DATE: { compute: date, zoned: true },
  YEAR: ofDate(([year]) => year),
  QUARTER: ofDate(([, month]) => Math.floor((month + 2) / 3)),
  MONTH: ofDate(([, month]) => month),
  DAY: ofDate(([, , ofMonth]) => ofMonth),
  HOUR: ofClock(3600n * SECOND, 24n),
  MINUTE: ofClock(60n * SECOND, 60n),
  SECOND: ofClock(SECOND, 60n),
  DATETIME: { compute: dateTime, zoned: true },
  TIME: { compute: time },
  WEEKDAY: ofDay(weekdayBy),
  WEEKNUM: ofDay(week),
  ISOWEEKNUM: ofDay((found) => number(isoWeek(found))),
  DAYS: ofDays((end, start) => number(end.ordinal - start.ordinal)),
  DAYS360: ofDays((start, end, european: boolean = false) => number(daysOf360(start, end, european))),
  YEARFRAC: ofDays(yearFraction),
  DATEADD: { compute: dateAdd, zoned: true },
  DATEDIF: ofDays(difference),
  EDATE: ofDay((found, months: Big) => addMonths(found, whole(months))),
  EOMONTH: ofDay(monthEnd),
  NETWORKDAYS: ofDays((start, end, calendar: string) => number(workingDays(calendar).between(start.ordinal, end.ordinal))),
  WORKDAY: ofDay(workday),
  ISWORKDAY: ofDay((found, calendar: string) => workingDays(calendar).between(found.ordinal, found.ordinal) === 1),
};
