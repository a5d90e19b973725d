// The functions that compute one value from others; what decides itself what it computes stands in program.ts.
import type { Big } from "big.js";
import { Day, dayText } from "./calendar";
import { DATES } from "./dates";
import { formatted } from "./formats";
import { IDENTITIES } from "./identities";
import { MULTIPLES } from "./multiples";
import * as numbers from "./numbers";
import { number, whole } from "./numbers";
import type { Operation } from "./operation";
import { SEARCHING } from "./searching";
import * as texts from "./texts";
import type { Row, Value } from "./values";

const EARTH = 6371.0088;

function distance(...given: Big[]): Value {
  const [fromLat = 0, fromLng = 0, toLat = 0, toLng = 0] = given.map((each) => (Number(numbers.plain(each)) * Math.PI) / 180);
  const half = Math.sin((toLat - fromLat) / 2) ** 2 + Math.cos(fromLat) * Math.cos(toLat) * Math.sin((toLng - fromLng) / 2) ** 2;
  return number((2 * EARTH * Math.asin(Math.min(1, Math.sqrt(half)))).toFixed(3));
}

function round(how: numbers.Rounding): Operation {
  return { compute: (value: Big, places?: Big) => numbers.rounded(value, places ? whole(places) : 0, how) };
}

function fitted(value: Big, decimals: Big, limit: Big): Value {
  const found = numbers.rounded(value, whole(decimals), "half_up");
  return found === null || found.abs().gte(limit) ? null : found;
}

function multiple(how: "floor" | "ceiling"): Operation {
  return { compute: (value: Big, step?: Big) => numbers.multiple(value, step ?? numbers.ONE, how) };
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

function partNumber(row: Row, name: string): Value {
  const found = row.get(name) ?? null;
  return typeof found === "string" ? number(found) : found;
}

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  "+": { compute: numbers.add },
  "-": { compute: numbers.subtract },
  "*": { compute: numbers.multiply },
  "/": { compute: numbers.divide },
  NEGATE: { compute: (value: Big) => value.times(-1) },
  FITTED: { compute: fitted },
  AS_TEXT: { compute: (value: Big | Day) => (value instanceof Day ? dayText(value) : numbers.plain(value)) },
  PART: { compute: (row: Row, name: string) => row.get(name) ?? null },
  PART_NUMBER: { compute: partNumber },
  LIKE: { compute: texts.like },
  ROUND: round("half_up"),
  ROUNDUP: round("up"),
  ROUNDDOWN: round("down"),
  INT: { compute: (value: Big) => numbers.rounded(value, 0, "floor") },
  ABS: { compute: (value: Big) => value.abs() },
  MOD: { compute: numbers.modulo },
  CEILING: multiple("ceiling"),
  FLOOR: multiple("floor"),
  DISTANCE: { compute: distance },
  LEFT: { compute: (text: string, count: Big = numbers.ONE) => texts.slice(text, 0, Math.max(0, whole(count))), text: true },
  RIGHT: { compute: right, text: true },
  MID: { compute: middle, text: true },
  LEN: { compute: (text: string) => number(texts.length(text)), text: true },
  LOWER: { compute: texts.lower },
  UPPER: { compute: texts.upper },
  TRIM: { compute: texts.trimmed, text: true },
  PLAINTEXT: { compute: texts.plainText, text: true },
  SUBSTITUTE: { compute: texts.substituted, text: true },
  ENCODEURL: { compute: texts.encoded, text: true },
  CONTAINS: compare((text, part) => text.includes(part)),
  STARTSWITH: compare((text, part) => text.startsWith(part)),
  ENDSWITH: compare((text, part) => text.endsWith(part)),
  TEXT: { compute: formatted, zoned: true },
  ...MULTIPLES,
  ...SEARCHING,
  ...IDENTITIES,
  ...DATES,
};
