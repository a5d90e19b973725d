// Texts by code points, with the case of a fixed list of letters, so that no answer depends on a locale.
import letters from "./letters.json";

const UPPER = [...letters.upper];
const LOWER = [...letters.lower];
const TO_LOWER = new Map(UPPER.map((letter, at) => [letter, LOWER[at] ?? letter]));
const TO_UPPER = new Map(UPPER.map((letter, at) => [LOWER[at] ?? letter, letter]));

function replaced(text: string, table: ReadonlyMap<string, string>): string {
  let result = "";
  for (const sign of text) result += table.get(sign) ?? sign;
  return result;
}

/** The text in small letters; also the form in which LIKE, CONTAINS and STARTSWITH compare. */
export const lower = (text: string): string => replaced(text, TO_LOWER);
/** The text in capital letters. */
export const upper = (text: string): string => replaced(text, TO_UPPER);

/** Whether a character is a letter whose case is known. */
export const isLetter = (sign: string): boolean => TO_LOWER.has(sign) || TO_UPPER.has(sign);

/** Full-width letters, digits, signs and spaces as half-width ones. */
export function narrow(text: string): string {
  return text.replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0)).replaceAll("\u3000", " ");
}

/** How many characters a text has. */
export function length(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length - 1; at++) {
    if (isFirstHalf(text, at)) {
      count -= 1;
      at += 1;
    }
  }
  return count;
}

function isFirstHalf(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  const next = text.charCodeAt(at + 1);
  return unit >= 0xd800 && unit <= 0xdbff && next >= 0xdc00 && next <= 0xdfff;
}

/** The characters from one place to another, counted from 0. */
export function slice(text: string, from: number, to: number = Infinity): string {
  return from >= to ? "" : [...text].slice(from, to).join("");
}

/** At which character a part begins, counted from 1; 0 when it does not occur. */
export function find(part: string, text: string): number {
  const at = text.indexOf(part);
  return at < 0 ? 0 : length(text.slice(0, at)) + 1;
}

/** Whether the whole text matches a pattern of % (anything), _ (one character) and \ before either; case does not count. */
export function like(text: string, pattern: string): boolean {
  const signs = [...lower(text)];
  const wanted = partsOf(pattern);
  let at = 0;
  let here = 0;
  let star = -1;
  let mark = 0;
  while (at < signs.length) {
    const part = wanted[here];
    if (part?.wild && part.sign === "%") {
      star = here++;
      mark = at;
    } else if (part && ((part.wild && part.sign === "_") || part.sign === signs[at])) {
      at += 1;
      here += 1;
    } else if (star >= 0) {
      at = ++mark;
      here = star + 1;
    } else return false;
  }
  return wanted.slice(here).every((part) => part.wild && part.sign === "%");
}

function partsOf(pattern: string): { sign: string; wild: boolean }[] {
  const signs = [...lower(pattern)];
  const parts: { sign: string; wild: boolean }[] = [];
  for (let at = 0; at < signs.length; at++) {
    const sign = signs[at] as string;
    if (sign === "\\") parts.push({ sign: signs[++at] ?? "\\", wild: false });
    else parts.push({ sign, wild: sign === "%" || sign === "_" });
  }
  return parts;
}

/** Without spaces at the ends, and with single ones between words. */
export function trimmed(text: string): string {
  return text.replace(/[ \u3000\t\r\n]+/g, " ").replace(/^ | $/g, "");
}

/** As it can stand in an address: everything but letters A to Z, digits and - _ . ~ as %XX. */
export function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

export const LONGEST = 100_000;

/** Every occurrence of a part replaced; null when that becomes too long. */
export function substituted(text: string, old: string, instead: string): string | null {
  if (!old) return text;
  const parts = text.split(old);
  return length(text) + (parts.length - 1) * (length(instead) - length(old)) > LONGEST ? null : parts.join(instead);
}

const ENTITIES: Readonly<Record<string, string>> = { nbsp: "\u00a0", lt: "<", gt: ">", quot: '"', amp: "&" };
const BLANK = /[\t\x0b\x0c\r\x1c-\x1f \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;

/** What a reader of sanitised rich text sees, one line a block. */
export function plainText(markup: string): string {
  const text = markup
    .replace(/\n/g, " ")
    .replace(/<br>|<hr>|<\/(?:p|h2|h3|li|blockquote|pre)>/g, "$&\n")
    .replace(/<[^>]*>/g, "")
    .replace(/&(nbsp|lt|gt|quot|amp);/g, (_, name: string) => ENTITIES[name] ?? "");
  const lines = text.split("\n").map((line) => line.replace(BLANK, " ").replace(/^ | $/g, ""));
  return lines.join("\n").replace(/\n{3,}/g, "\n\n").replace(/^\n+|\n+$/g, "");
}
