// Chosen rows of a list: how many, their sum, the head's box, and keys: J K or arrows move, X chooses, Escape lets go.
import { each, isTyping, say } from "./dom";
import { grouped, sum } from "./decimals";

each("form[data-selection]", (element) => {
  const form = element as HTMLFormElement;
  const results = form.closest<HTMLElement>(".dg-results") ?? form;
  const all = form.querySelector<HTMLInputElement>("[data-all]");
  const boxes = [...form.querySelectorAll<HTMLInputElement>('tbody input[name="id"]')];
  const said = results.querySelector<HTMLElement>("[data-selected]");
  let last: HTMLInputElement | null = null;

  function update(): void {
    const chosen = boxes.filter((box) => box.checked);
    if (all) {
      all.checked = chosen.length > 0 && chosen.length === boxes.length;
      all.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
    }
    results.querySelector(".dg-selbar")?.classList.toggle("shown", chosen.length > 0);
    if (said) said.textContent = label(chosen);
  }

  function label(chosen: HTMLInputElement[]): string {
    const figures = chosen.map((box) => box.closest("tr")?.querySelector<HTMLElement>("[data-number]")?.dataset.number ?? "");
    const text = say("selected", { n: String(chosen.length) });
    return figures.some(Boolean) ? `${text} · ${say("sum")} ${grouped(sum(figures))}` : text;
  }

  all?.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    update();
  });
  form.addEventListener("reset", () => window.setTimeout(update));
  form.addEventListener("click", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.name !== "id") return;
    if (event.shiftKey && last) {
      const ends = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const between of boxes.slice(ends[0], (ends[1] ?? 0) + 1)) between.checked = box.checked;
    }
    last = box;
    update();
  });
  update();
});

function move(step: number): void {
  const titles = [...document.querySelectorAll<HTMLElement>("tr[data-row] a.title, li[data-task] .tk-link")];
  if (!titles.length) return;
  const at = titles.findIndex((title) => title === document.activeElement || title.closest("tr, li")?.contains(document.activeElement));
  const current = at < 0 ? titles.findIndex((title) => title.getAttribute("aria-current")) : at;
  titles[Math.min(Math.max(current + step, 0), titles.length - 1)]?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open], :popover-open")) return;
  const key = event.key.toLowerCase();
  const listed = document.querySelector("tr[data-row], li[data-task]");
  if (!listed) return;
  if (key === "j" || event.key === "ArrowDown") move(1);
  else if (key === "k" || event.key === "ArrowUp") move(-1);
  else if (key === "x") document.activeElement?.closest("tr[data-row]")?.querySelector<HTMLInputElement>('input[name="id"]')?.click();
  else if (event.key === "Escape") document.querySelector<HTMLFormElement>("form[data-selection]:has(input:checked)")?.reset();
  else return;
  if (event.key.startsWith("Arrow")) event.preventDefault();
});
