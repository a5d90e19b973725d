// The calendar of the company, as `model/calendar.py` writes it: days that rest though the week does not, and the other way round.
import { dayFrom, weekday } from "./calendar";

const LAST_DAY = 3652059;

/** Days by their ordinal. */
export interface WorkingDays {
  /** How many working days there are from one day to another, both included; negative when the last lies before. */
  readonly between: (first: number, last: number) => number;
  /** The working day so many of them after (or before) a day; null outside the years 1 to 9999. */
  readonly moved: (ordinal: number, count: number) => number | null;
}

const known = new Map<string, WorkingDays>();

/** The calendar of a text like `2026-10-01,2026-10-02|2026-10-10`. */
export function workingDays(text: string): WorkingDays {
  let found = known.get(text);
  if (!found) known.set(text, (found = calendarOf(text)));
  return found;
}

function calendarOf(text: string): WorkingDays {
  const [rests = [], works = []] = text.split("|").map((part, at) => differing(part, at === 0));
  const upto = (ordinal: number): number => Math.floor(ordinal / 7) * 5 + Math.min(ordinal % 7, 5) - among(rests, ordinal) + among(works, ordinal);
  const forward = (first: number, last: number): number => upto(last) - upto(first - 1);
  return {
    between: (first, last) => (last < first ? -forward(last, first) : forward(first, last)),
    moved: (ordinal, count) => (count === 0 ? ordinal : searched(upto, (count > 0 ? upto(ordinal) : upto(ordinal - 1) + 1) + count)),
  };
}

/** Days that say what the week says already make no difference. */
function differing(part: string, rest: boolean): number[] {
  const days = part.split(",").map(dayFrom).filter((day) => day !== null);
  return days.filter((day) => weekday(day) < 5 === rest).map((day) => day.ordinal);
}

/** How many of the sorted days lie at or before one. */
function among(days: readonly number[], ordinal: number): number {
  let low = 0;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((days[middle] ?? 0) <= ordinal) low = middle + 1;
    else high = middle;
  }
  return low;
}

function searched(upto: (ordinal: number) => number, wanted: number): number | null {
  if (!(wanted >= 1 && wanted <= upto(LAST_DAY))) return null;
  let low = 1;
  let high = LAST_DAY;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (upto(middle) >= wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}
