// Parts of texts: found by what they say or where they stand, replaced, repeated, split off; single characters.
import type { Big } from "big.js";
import { ONE, number, whole } from "./numbers";
import type { Operation } from "./operation";
import { LONGEST, find, isLetter, length, lower, narrow, slice, upper } from "./texts";
import type { Value } from "./values";

function found(part: string, text: string, start: Big = ONE): Value {
  const begin = whole(start) - 1;
  if (begin < 0) return null;
  if (begin > length(text)) return number(0);
  const at = find(part, slice(text, begin));
  return number(at === 0 ? 0 : begin + at);
}

function replaced(text: string, start: Big, count: Big, instead: string): Value {
  const begin = whole(start) - 1;
  return begin < 0 ? null : slice(text, 0, begin) + instead + slice(text, begin + Math.max(0, whole(count)));
}

function repeated(text: string, count: Big): Value {
  const times = whole(count);
  return times < 0 || length(text) * times > LONGEST ? null : text.repeat(text ? times : 0);
}

function before(text: string, part: string): Value {
  const at = text.indexOf(part);
  return at < 0 ? null : text.slice(0, at);
}

function after(text: string, part: string): Value {
  const at = text.indexOf(part);
  return at < 0 ? null : text.slice(at + part.length);
}

function piece(text: string, separator: string, which: Big): Value {
  const index = whole(which);
  return index < 1 ? null : ((separator ? text.split(separator) : [text])[index - 1] ?? null);
}

/** A capital at the beginning of each run of letters. */
function proper(text: string): string {
  let inside = false;
  let result = "";
  for (const sign of text) {
    result += inside ? lower(sign) : upper(sign);
    inside = isLetter(sign);
  }
  return result;
}

function character(code: Big): Value {
  const point = whole(code);
  return (point > 0 && point <= 0xd7ff) || (point >= 0xe000 && point <= 0x10ffff) ? String.fromCodePoint(point) : null;
}

export const SEARCHING: Readonly<Record<string, Operation>> = {
  FIND: { compute: found, text: true },
  SEARCH: { compute: (part: string, text: string, start?: Big) => found(lower(part), lower(text), start), text: true },
  REPLACE: { compute: replaced, text: true },
  REPT: { compute: repeated, text: true },
  TEXTBEFORE: { compute: before, text: true },
  TEXTAFTER: { compute: after, text: true },
  SPLIT: { compute: piece, text: true },
  TEXTJOIN: { compute: (separator: string, ignore: boolean, ...parts: string[]) => parts.filter((part) => part || !ignore).join(separator), text: true },
  EXACT: { compute: (left: string, right: string) => left === right, text: true },
  PROPER: { compute: proper },
  CLEAN: { compute: (text: string) => text.replace(/[\x00-\x1f]/g, ""), text: true },
  ASC: { compute: narrow },
  UNICHAR: { compute: character },
  UNICODE: { compute: (text: string) => number(text.codePointAt(0) ?? 0) },
};
