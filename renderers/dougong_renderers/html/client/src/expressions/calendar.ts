// Days of the calendar, moments, and the clock of a time zone, whose changes the server gives.

/** Microseconds since 1970 in UTC. */
export type Moment = bigint;

/** A day: 1 is 1 January of the year 1. */
export class Day {
  readonly ordinal: number;

  constructor(ordinal: number) {
    this.ordinal = ordinal;
  }
}

/** Year, month from 1, day of the month. */
export type Civil = readonly [year: number, month: number, day: number];

const LAST_DAY = 3652059;
const EPOCH_DAY = 719163;
const DAY = 86_400_000_000n;
const SECOND = 1_000_000n;
const FIRST_MOMENT = BigInt(1 - EPOCH_DAY) * DAY;
const LAST_MOMENT = BigInt(LAST_DAY + 1 - EPOCH_DAY) * DAY - 1n;

/** The day with that number, or null outside the years 1 to 9999. */
export function dayOf(ordinal: number): Day | null {
  return ordinal >= 1 && ordinal <= LAST_DAY ? new Day(ordinal) : null;
}

/** The moment, or null outside the years 1 to 9999. */
export function momentWithin(moment: Moment): Moment | null {
  return moment >= FIRST_MOMENT && moment <= LAST_MOMENT ? moment : null;
}

/** The day of a date; the parts must be in range. */
export function dayFromCivil([year, month, day]: Civil): Day {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const ofEra = shifted - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return new Day(era * 146097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 305);
}

/** Year, month and day of a day. */
export function civil(day: Day): Civil {
  const shifted = day.ordinal + 305;
  const era = Math.floor(shifted / 146097);
  const ofEra = shifted - era * 146097;
  const year = Math.floor((ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36524) - Math.floor(ofEra / 146096)) / 365);
  const ofYear = ofEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const index = Math.floor((5 * ofYear + 2) / 153);
  const month = index < 10 ? index + 3 : index - 9;
  return [year + era * 400 + (month <= 2 ? 1 : 0), month, ofYear - Math.floor((153 * index + 2) / 5) + 1];
}

/** How many days a month has. */
export function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** 0 is Monday. */
export function weekday(day: Day): number {
  return (day.ordinal + 6) % 7;
}

/** The number of the week by ISO 8601. */
export function isoWeek(day: Day): number {
  const thursday = new Day(day.ordinal - weekday(day) + 3);
  const [year] = civil(thursday);
  return Math.floor((thursday.ordinal - dayFromCivil([year, 1, 1]).ordinal) / 7) + 1;
}

/** A day as 2026-12-31. */
export function dayText(day: Day): string {
  const [year, month, date] = civil(day);
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(date, 2)}`;
}

export function padded(value: number, length: number): string {
  return String(value).padStart(length, "0");
}

/** The day that a text like 2026-12-31 says; null when there is none. */
export function dayFrom(text: string): Day | null {
  const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!found) return null;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  return dayFromCivil([year, month, day]);
}

const MOMENT = /^(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(Z|[+-]\d\d:\d\d(?::\d\d)?)?$/;

/** The moment of an ISO text with its distance from UTC; without one it is a clock. Null when there is none. */
export function momentFrom(text: string): Moment | null {
  const found = MOMENT.exec(text);
  const day = found ? dayFrom(found[1] ?? "") : null;
  if (!found || !day) return null;
  const [hour, minute, second] = [Number(found[2]), Number(found[3]), Number(found[4] ?? 0)];
  if (hour > 23 || minute > 59 || second > 59) return null;
  const fraction = BigInt((found[5] ?? "").padEnd(6, "0"));
  const clock = clockOf(day, BigInt((hour * 60 + minute) * 60 + second) * SECOND + fraction);
  return clock - BigInt(distance(found[6] ?? "Z")) * SECOND;
}

function distance(text: string): number {
  if (text === "Z") return 0;
  const [hours = 0, minutes = 0, seconds = 0] = text.slice(1).split(":").map(Number);
  return (text.startsWith("-") ? -1 : 1) * ((hours * 60 + minutes) * 60 + seconds);
}

/** A clock as a moment would count it if it were UTC. */
export function clockOf(day: Day, ofDay: bigint): bigint {
  return BigInt(day.ordinal - EPOCH_DAY) * DAY + ofDay;
}

/** Day and microseconds of the day of a clock; null outside the calendar. */
export function parts(clock: bigint): readonly [Day, bigint] | null {
  if (momentWithin(clock) === null) return null;
  const ofDay = ((clock % DAY) + DAY) % DAY;
  return [new Day(Number((clock - ofDay) / DAY) + EPOCH_DAY), ofDay];
}

/** Month, week of the month (5 is the last), day of the week (0 is Sunday), seconds of the day by the clock before. */
export type Change = readonly [month: number, week: number, weekday: number, second: number];

/** A time zone: distances from UTC in seconds, the moments (in seconds) at which they begin, and the rule behind the last one. */
export interface ZoneFacts {
  readonly first: number;
  readonly changes: readonly (readonly [second: number, offset: number])[];
  readonly rule?: { readonly standard: number; readonly summer: number; readonly begins: Change; readonly ends: Change };
}

/** The clock of a time zone. */
export class Zone {
  readonly #facts: ZoneFacts;

  constructor(facts: ZoneFacts) {
    this.#facts = facts;
  }

  /** The clock at a moment. */
  clock(moment: Moment): bigint {
    return moment + BigInt(this.#offset(secondsOf(moment))) * SECOND;
  }

  /** The moment at which the clock shows a time: the later one where it is shown twice; one that is skipped counts from before the
   * change. Null outside the calendar. */
  moment(clock: bigint): Moment | null {
    const second = secondsOf(clock);
    const before = this.#offset(second - 86_400);
    const after = this.#offset(second + 86_400);
    const fits = [before, after].filter((offset) => this.#offset(second - offset) === offset);
    return momentWithin(clock - BigInt(fits.length ? Math.min(...fits) : before) * SECOND);
  }

  #offset(second: number): number {
    const { first, changes, rule } = this.#facts;
    let low = 0;
    let high = changes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((changes[middle]?.[0] ?? 0) <= second) low = middle + 1;
      else high = middle;
    }
    if (low === changes.length && rule) return ruled(second, rule);
    return low === 0 ? first : (changes[low - 1]?.[1] ?? first);
  }
}

function secondsOf(moment: bigint): number {
  const rest = ((moment % SECOND) + SECOND) % SECOND;
  return Number((moment - rest) / SECOND);
}

function ruled(second: number, rule: NonNullable<ZoneFacts["rule"]>): number {
  const day = new Day(Math.floor((second + rule.standard) / 86_400) + EPOCH_DAY);
  const [year] = civil(day);
  const begins = secondOf(year, rule.begins) - rule.standard;
  const ends = secondOf(year, rule.ends) - rule.summer;
  const isSummer = begins < ends ? second >= begins && second < ends : second >= begins || second < ends;
  return isSummer ? rule.summer : rule.standard;
}

/** When a change comes in a year, by the clock before it. */
function secondOf(year: number, [month, week, wanted, second]: Change): number {
  const first = dayFromCivil([year, month, 1]);
  let date = 1 + ((wanted - ((weekday(first) + 1) % 7) + 7) % 7) + (week - 1) * 7;
  if (date > daysIn(year, month)) date -= 7;
  return (first.ordinal + date - 1 - EPOCH_DAY) * 86_400 + second;
}
