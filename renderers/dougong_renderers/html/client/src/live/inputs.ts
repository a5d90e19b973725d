// What stands in the inputs of a form as values of expressions, and defaults written into them.
import { type Zone, clockOf, Day, dayFromCivil, dayText, daysIn, momentFrom, padded, parts } from "../expressions/calendar";
import { number, plain } from "../expressions/numbers";
import { narrow } from "../expressions/texts";
import { type Value, isNumber } from "../expressions/values";
import type { Entry } from "./asking";
import type { FieldPlan } from "./plan";

const NUMBERS = ["integer", "decimal", "money", "percent"];
const REFERENCES = ["link", "member", "department"];
const SEVERAL = ["links", "members", "departments", "file", "images", "signature"];

/** The value that stands in the inputs of a field; undefined where it has none, or where the one it began with stands there. */
export function valueIn(scope: Element, name: string, field: FieldPlan, zone: Zone | null): Value | undefined {
  const own = [...scope.querySelectorAll<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>(`[name="${CSS.escape(name)}"]`)];
  if (field.type === "address" || field.type === "location") return inParts(scope);
  if (SEVERAL.includes(field.type)) return own.length ? listed(own) : undefined;
  if (field.type === "choices") return own.length ? ticked(own) : undefined;
  const input = own.find((each) => !(each instanceof HTMLInputElement && each.type === "hidden")) ?? own[0];
  if (!input) return undefined;
  if (field.type === "rating") return rated(own);
  if (input instanceof HTMLInputElement && input.type === "checkbox") return input.checked;
  if (input instanceof HTMLSelectElement) return selected(input, own, field);
  return isAsGiven(input) ? undefined : typed(input.value, field, zone);
}

/** Whether a text is still the one that the page came with; the value behind it may be finer than what it shows. */
function isAsGiven(input: HTMLInputElement | HTMLTextAreaElement): boolean {
  return input.value.replace("T", " ").trim() === input.defaultValue.replace("T", " ").trim();
}

type Own = readonly (HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement)[];

function selected(input: HTMLSelectElement, own: Own, field: FieldPlan): Value {
  if (REFERENCES.includes(field.type)) return identifier(input.value);
  const other = input.selectedOptions[0]?.dataset.other === undefined ? null : own.find((each) => each instanceof HTMLInputElement);
  return (other ? other.value.trim() : input.value) || null;
}

function identifier(text: string): Value {
  return /^\d{1,18}$/.test(text) ? number(text) : null;
}

function rated(own: Own): Value {
  const chosen = own.find((each) => each instanceof HTMLInputElement && each.checked);
  return chosen && /^\d+$/.test(chosen.value) ? number(chosen.value) : null;
}

function ticked(own: Own): Value {
  const boxes = own.filter((each): each is HTMLInputElement => each instanceof HTMLInputElement);
  const options = boxes.filter((box) => box.type === "checkbox" && box.checked).map((box) => box.value);
  const others = boxes.filter((box) => box.type === "text").flatMap((box) => texts(box.value));
  const found = [...options, ...others];
  return found.length ? found : null;
}

function listed(own: Own): Value {
  const values = own.flatMap((each) => (each instanceof HTMLSelectElement ? [...each.selectedOptions].map((option) => option.value) : [each.value]));
  const found = values.map(identifier).filter((value) => value !== null);
  return found.length ? found : null;
}

function inParts(scope: Element): Value | undefined {
  const inputs = [...scope.querySelectorAll<HTMLInputElement>("[data-part]")];
  if (!inputs.length) return undefined;
  const filled = inputs.filter((input) => input.value.trim()).map((input): [string, Value] => [input.dataset.part ?? "", input.value.trim()]);
  return filled.length ? new Map(filled) : null;
}

function typed(text: string, field: FieldPlan, zone: Zone | null): Value {
  if (NUMBERS.includes(field.type)) return numberOf(text, field.type);
  const line = text.trim();
  if (field.type === "date") return dayIn(line);
  if (field.type === "datetime") return momentIn(line, zone);
  if (field.type === "duration") return durationIn(line);
  if (field.type === "tags") return texts(line).length ? texts(line) : null;
  return (field.type === "long_text" || field.type === "rich_text" ? text.replace(/\r\n?/g, "\n").trim() : line) || null;
}

function texts(line: string): string[] {
  return line.split(/[;；]/).map((each) => each.trim()).filter(Boolean);
}

const UNITS: Readonly<Record<string, number>> = { 万: 10_000, 亿: 100_000_000 };

/** The number that a person wrote: 1,234.50, １２, 1.5万, (3.20), 12%. */
function numberOf(written: string, type: string): Value {
  let text = narrow(written).trim();
  const isShare = type === "percent";
  if (isShare && text.endsWith("%")) text = text.slice(0, -1).trim();
  let isNegative = text.startsWith("(") && text.endsWith(")");
  if (isNegative) text = text.slice(1, -1).trim();
  const unit = UNITS[text.slice(-1)];
  if (unit !== undefined) text = text.slice(0, -1).trim();
  text = text.replace(/[\u2212\u2012\u2013]/g, "-").replace(/^\+/, "");
  if (!isNegative && /^\d.*-$/.test(text)) [text, isNegative] = [text.slice(0, -1).trim(), true];
  if (/^-?\d{1,3}(,\d{3})+(\.|$)/.test(text)) text = text.replaceAll(",", "");
  if (/^-?\.\d/.test(text)) text = text.replace(".", "0.");
  if (!/^-?\d{1,40}(\.\d{0,30})?$/.test(text)) return null;
  const value = number(text.replace(/\.$/, "")).times(isNegative ? -1 : 1).times(unit ?? 1);
  return isShare ? value.div(100) : value;
}

function dayIn(text: string): Day | null {
  const found = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/.exec(narrow(text)) ?? /^(\d{4})() ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?[日号]?$/.exec(narrow(text));
  if (!found) return null;
  const [year, month, day] = [Number(found[1]), Number(found[3]), Number(found[4])];
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month) ? dayFromCivil([year, month, day]) : null;
}

function momentIn(text: string, zone: Zone | null): Value {
  const day = dayIn(text);
  const clock = day ? clockOf(day, 0n) : momentFrom(narrow(text).replace(/^(\S+) +(\d):/, "$1 0$2:"));
  return clock === null || zone === null ? null : zone.moment(clock);
}

function durationIn(text: string): Value {
  const found = /^(\d{1,6}):([0-5]?\d)(?::([0-5]?\d))?$/.exec(narrow(text));
  return found ? number((Number(found[1]) * 60 + Number(found[2])) * 60 + Number(found[3] ?? 0)) : null;
}

// ——— defaults ———

/** Write a value into the input of a field; false where a script cannot. */
export function put(scope: Element, name: string, field: FieldPlan, value: Value, zone: Zone | null): boolean {
  const input = scope.querySelector<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>(`[name="${CSS.escape(name)}"]:not([type="hidden"])`);
  const text = textOf(field, value, zone);
  if (!input || text === null) return false;
  if (input instanceof HTMLInputElement && input.type === "checkbox") input.checked = value === true;
  else if (input instanceof HTMLSelectElement && ![...input.options].some((option) => option.value === text)) return false;
  else input.value = input.type === "datetime-local" ? text.replace(" ", "T") : text;
  return true;
}

/** A value as it stands in an input; null for kinds that are not typed. */
function textOf(field: FieldPlan, value: Value, zone: Zone | null): string | null {
  if (value === null) return "";
  if (typeof value === "boolean") return String(value);
  if (typeof value === "string") return value;
  if (value instanceof Day) return dayText(value);
  if (typeof value === "bigint") return clockText(zone?.clock(value) ?? null);
  if (!isNumber(value) || !NUMBERS.includes(field.type)) return null;
  return plain(field.type === "percent" ? value.times(100) : value);
}

/** A clock to the minute, as inputs have it. */
export function clockText(clock: bigint | null): string | null {
  const found = clock === null ? null : parts(clock);
  if (!found) return null;
  const minute = Number(found[1] / 60_000_000n);
  return `${dayText(found[0])} ${padded(Math.floor(minute / 60), 2)}:${padded(minute % 60, 2)}`;
}

// ——— what the server put in ———

/** Put what the server says into the input of a field; false where there is none. */
export function enter(scope: Element, name: string, entry: Entry): boolean {
  const own = [...scope.querySelectorAll<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>(`[name="${CSS.escape(name)}"]`)];
  const input = own.find((each) => each.type !== "hidden") ?? own[0];
  if (!input) return false;
  if (entry.chosen && input instanceof HTMLSelectElement) choose(input, entry.chosen);
  else if (input instanceof HTMLInputElement && input.type === "radio") for (const each of own) (each as HTMLInputElement).checked = each.value === entry.text;
  else if (input instanceof HTMLInputElement && input.type === "checkbox") input.checked = entry.text === "true";
  else input.value = input instanceof HTMLInputElement && "date" in input.dataset && input.type === "text" ? (entry.text ?? "").replace("T", " ") : (entry.text ?? "");
  return told(input);
}

/** Take back what may not be chosen any more. */
export function withdraw(scope: Element, name: string, ids: readonly string[]): boolean {
  const select = scope.querySelector<HTMLSelectElement>(`select[name="${CSS.escape(name)}"]`);
  const gone = [...(select?.selectedOptions ?? [])].filter((option) => ids.includes(option.value));
  if (!select || !gone.length) return false;
  for (const option of gone) option.selected = false;
  if (!select.multiple) select.value = "";
  select.dispatchEvent(new Event("dg:set"));
  return told(select);
}

function choose(select: HTMLSelectElement, chosen: readonly { readonly id: string; readonly label: string }[]): void {
  const ids = chosen.map((each) => each.id);
  for (const { id, label } of chosen) if (![...select.options].some((option) => option.value === id)) select.add(new Option(label, id));
  for (const option of select.options) option.selected = ids.includes(option.value);
  if (!ids.length && !select.multiple) select.value = "";
  select.dispatchEvent(new Event("dg:set"));
}

function told(input: Element): true {
  for (const kind of ["input", "change"]) input.dispatchEvent(new Event(kind, { bubbles: true }));
  return true;
}
