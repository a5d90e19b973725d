// What stands in the cells of a sub-table as text: read from a sheet, and written into every kind of input.
import { ENTRY } from "./dom";
import { chooseByText } from "./pick";

const SEVERAL = /[;；、,，|\n]/;
const YES = /^(true|1|y|yes|on|是|对|有|√|✓)$/i;

/** The cells of a text as a sheet copies it: tabs between, lines below each other, quotes around what has either inside. */
export function cellsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = "";
  let quoted = false;
  const whole = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (let at = 0; at < whole.length; at++) {
    const sign = whole[at] as string;
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (whole[at + 1] === '"') cell += whole[++at];
      else quoted = false;
    } else if (sign === '"' && cell === "") quoted = true;
    else if (sign === "\t" || sign === "\n") {
      rows.at(-1)?.push(cell);
      cell = "";
      if (sign === "\n") rows.push([]);
    } else cell += sign;
  }
  rows.at(-1)?.push(cell);
  return rows;
}

/** Put a text into the input of a cell; false when the input has nothing that is called so. */
export async function write(cell: Element, text: string): Promise<boolean> {
  const wanted = text.trim();
  const picker = cell.querySelector<HTMLElement>("[data-pick]");
  if (picker?.querySelector("select")?.multiple) {
    const found = await Promise.all(wanted.split(SEVERAL).filter((each) => each.trim()).map((each) => chooseByText(picker, each)));
    return found.every(Boolean);
  }
  if (picker) return chooseByText(picker, wanted);
  const ticks = [...cell.querySelectorAll<HTMLInputElement>(".ticks input[type='checkbox']")];
  if (ticks.length) return tick(ticks, wanted);
  const stars = [...cell.querySelectorAll<HTMLInputElement>("input[type='radio']")];
  if (stars.length) return choose(stars, wanted);
  const input = cell.querySelector<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>(ENTRY);
  if (!input || (input instanceof HTMLInputElement && input.type === "file")) return wanted === "";
  if (input instanceof HTMLSelectElement) {
    const option = [...input.options].find((each) => each.text.trim() === wanted || each.value === wanted);
    const other = cell.querySelector<HTMLInputElement>("[data-other-for]");
    if (!option && wanted && !other) return false;
    const free = option || !wanted ? undefined : [...input.options].find((each) => "other" in each.dataset);
    input.value = (option ?? free)?.value ?? "";
    if (other) other.value = free ? wanted : "";
    input.dispatchEvent(new Event("change", { bubbles: true }));
  } else if (input instanceof HTMLInputElement && input.type === "checkbox") input.checked = YES.test(wanted);
  else input.value = input instanceof HTMLTextAreaElement ? text : wanted.replace(/\n/g, " ");
  input.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

function tick(ticks: readonly HTMLInputElement[], text: string): boolean {
  const wanted = text.split(SEVERAL).map((each) => each.trim()).filter(Boolean);
  const named = (each: HTMLInputElement): string[] => [each.value, each.closest("label")?.textContent?.trim() ?? ""];
  for (const each of ticks) each.checked = named(each).some((name) => wanted.includes(name));
  ticks[0]?.dispatchEvent(new Event("input", { bubbles: true }));
  return wanted.every((name) => ticks.some((each) => named(each).includes(name)));
}

function choose(stars: readonly HTMLInputElement[], text: string): boolean {
  const star = stars.find((each) => each.value === text);
  if (!star) return false;
  star.checked = true;
  star.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}
