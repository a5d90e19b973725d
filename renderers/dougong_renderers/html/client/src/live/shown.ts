// Computed values as their fields keep them, and as people see them.
import { grouped } from "../decimals";
import { make } from "../dom";
import { type Zone, Day, civil, dayText } from "../expressions/calendar";
import { rounded } from "../expressions/numbers";
import { type Value, isNumber } from "../expressions/values";
import { clockText } from "./inputs";
import type { FieldPlan } from "./plan";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** What a result becomes in its field: numbers are rounded half up; what does not fit is empty, and refused on saving. */
export function assigned(value: Value, field: FieldPlan): Value {
  if (field.scale === undefined || value === null) return field.words && typeof value === "string" && !(value in field.words) ? null : value;
  if (!isNumber(value)) return null;
  const kept = rounded(value, field.scale);
  return kept === null || (kept.c[0] !== 0 && kept.e >= (field.digits ?? 18) - field.scale) ? null : kept;
}

/** A value in words. */
export function shown(value: Value, field: FieldPlan, language: string, zone: Zone | null): string {
  if (value === null) return "";
  if (typeof value === "boolean") return field.words?.[String(value)] ?? "";
  if (typeof value === "string") return field.words?.[value] ?? value;
  if (value instanceof Day) return dayWords(value, language);
  if (typeof value === "bigint") return momentWords(value, language, zone);
  if (!isNumber(value)) return "";
  return field.type === "percent" ? `${grouped(value.times(100).toFixed())}%` : grouped(value.toFixed(field.scale ?? 0));
}

function dayWords(day: Day, language: string): string {
  const [year, month, date] = civil(day);
  return language === "en" ? `${MONTHS[month - 1] ?? ""} ${date}, ${year}` : dayText(day);
}

function momentWords(moment: bigint, language: string, zone: Zone | null): string {
  const clock = zone?.clock(moment) ?? moment;
  const text = clockText(clock);
  if (text === null) return "";
  const [day = "", time = ""] = text.split(" ");
  const [year, month, date] = day.split("-").map(Number);
  return language === "en" ? `${MONTHS[(month ?? 1) - 1] ?? ""} ${date ?? ""}, ${year ?? ""} ${time}` : `${day} ${time}`;
}

/** Show a text at the place of a computed value; `unit` follows it on a form. */
export function put(place: Element, text: string, unit: string | undefined): void {
  const holder = place.querySelector(".val") ?? place;
  const first = holder.firstChild;
  if (text && first instanceof Text && (unit === undefined) === (holder.childNodes.length === 1)) {
    if (first.data.trim() !== text) first.data = unit ? `${text} ` : text;
  } else if (!text) holder.replaceChildren(make("span", { class: "dim" }, "–"));
  else holder.replaceChildren(...(unit ? [`${text} `, make("span", { class: "unit" }, unit)] : [text]));
}

/** Say at the place of a computed value why there is none. */
export function putNote(place: Element, words: string): void {
  (place.querySelector(".val") ?? place).replaceChildren(make("span", { class: "dim" }, words));
}
