// A link to one of several kinds of record: one picker over all of them, which keeps the pickers that stand in the page for each.
import { icon, make } from "./dom";
import { Picker, type Source } from "./pick";

let count = 0;

/** The kinds of one such link: its blocks stand side by side in the form. */
function blocksOf(first: HTMLElement): HTMLElement[] {
  const name = first.dataset.oneOf ?? "";
  return [...(first.closest("form")?.querySelectorAll<HTMLElement>("[data-one-of]") ?? [])].filter((block) => block.dataset.oneOf === name);
}

function selectOf(block: HTMLElement): HTMLSelectElement {
  return block.querySelector("select") as HTMLSelectElement;
}

function sourceOf(block: HTMLElement): Source {
  const address = block.querySelector<HTMLElement>("[data-choose]")?.dataset.choose ?? "";
  return { field: block.dataset.field ?? "", address, kind: block.dataset.kind ?? "", icon: block.dataset.icon ?? "" };
}

/** Put what was chosen into the pickers of the kinds: the value into its own, nothing into the others. */
function keep(blocks: readonly HTMLElement[], chosen: HTMLOptionElement | undefined): void {
  for (const block of blocks) {
    const select = selectOf(block);
    const [field, id] = chosen?.value.split(":") ?? [];
    const value = field === block.dataset.field ? id ?? "" : "";
    if (value && chosen && ![...select.options].some((option) => option.value === value)) select.add(new Option(chosen.text, value));
    if (select.value === value) continue;
    select.value = value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
    select.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function join(blocks: readonly HTMLElement[]): void {
  const [first] = blocks;
  if (!first) return;
  const select = make("select", { id: `one-of-${++count}`, class: "form-select" }, new Option("", ""));
  for (const block of blocks) {
    for (const option of selectOf(block).selectedOptions) {
      if (option.value) select.add(new Option(option.text, `${block.dataset.field}:${option.value}`, true, true));
    }
  }
  const label = make("label", { class: "lab", for: select.id }, first.dataset.label ?? "");
  if (first.dataset.required) {
    label.append(make("span", { class: "req" }, first.dataset.required));
    select.setAttribute("aria-required", "true");
  }
  const problems = [...new Map(blocks.flatMap((block) => [...block.querySelectorAll(".err")]).map((each) => [each.textContent?.trim(), each])).values()];
  if (problems[0]) {
    select.setAttribute("aria-invalid", "true");
    select.setAttribute("aria-describedby", problems.map((each) => each.id).join(" "));
  }
  const kind = make("span", { class: "kind-of dim t12", "aria-live": "polite" });
  const box = make("div", { class: "dg-pick" }, select);
  if (problems[0]) box.dataset.bad = "";
  first.before(make("div", { class: `fld ${[...first.classList].find((each) => each.startsWith("span-")) ?? "span-1"} t-link one-of` }, label, box, kind, ...problems));
  for (const block of blocks) block.hidden = true;
  const sources = blocks.map(sourceOf);
  const tell = (): void => {
    const source = sources.find((each) => select.value.startsWith(`${each.field}:`));
    kind.replaceChildren(...(source ? [icon(source.icon), source.kind] : []));
  };
  new Picker(box, sources);
  select.addEventListener("change", () => {
    keep(blocks, [...select.selectedOptions].find((option) => option.value));
    tell();
  });
  tell();
}

/** The first of the kinds sets up the picker over all of them. */
export function setUp(block: HTMLElement): void {
  const blocks = blocksOf(block);
  if (blocks[0] === block) join(blocks);
}
