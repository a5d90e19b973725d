// Sub-tables in a form: add, copy, move and remove rows, Enter for the next row, Ctrl D to fill down, paste cells from a sheet.
import { carry } from "./copying";
import { ENTRY, announce, each, icon, make, refresh, say, toast } from "./dom";
import { draw, waits } from "./waiting";

const BUTTONS = "[data-add], [data-remove], [data-copy], [data-up], [data-down]";

each("[data-rows]", (element) => {
  const body = element.querySelector("tbody") as HTMLTableSectionElement;
  const blank = element.querySelector("template") as HTMLTemplateElement;
  let next = Number(element.dataset.count);

  function lines(): HTMLTableRowElement[] {
    return [...body.querySelectorAll<HTMLTableRowElement>("tr[data-line]")];
  }

  function changed(): void {
    let at = 0;
    const all = lines();
    for (const row of body.rows) {
      at += waits(row);
      if (row.dataset.line === undefined) continue;
      const n = String(++at);
      const number = row.querySelector("[data-number]");
      if (number) number.textContent = n;
      for (const [what, words] of [["remove", "removeRow"], ["copy", "copyRow"], ["up", "rowUp"], ["down", "rowDown"]] as const) {
        const button = row.querySelector<HTMLButtonElement>(`[data-${what}]`);
        if (!button) continue;
        button.setAttribute("aria-label", say(words, { n }));
        button.setAttribute("title", say(words, { n }));
        if (what === "up") button.disabled = row === all[0];
        if (what === "down") button.disabled = row === all.at(-1) && !waits(body.querySelector("[data-gap]"));
      }
    }
    const count = element.querySelector("[data-row-count]");
    if (count) count.textContent = (count.textContent ?? "").replace(/[\d,]+/, String(at));
    element.dispatchEvent(new CustomEvent("dg:changed", { bubbles: true }));
  }

  function errorsOf(row: HTMLElement): HTMLElement | null {
    return body.querySelector<HTMLElement>(`tr[data-errors="${CSS.escape(row.dataset.line ?? "")}"]`);
  }

  /** A row after another one or at the end, empty or with what stands in one to copy. */
  function add(after?: HTMLTableRowElement, like?: HTMLTableRowElement): HTMLTableRowElement | null {
    if (!element.querySelector("[data-add]")) return null;
    const index = String(next++);
    const row = (blank.content.firstElementChild as HTMLTableRowElement).cloneNode(true) as HTMLTableRowElement;
    for (const part of [row, ...row.querySelectorAll<HTMLElement>("*")]) {
      for (const attribute of [...part.attributes]) {
        if (attribute.value.includes("__index__")) part.setAttribute(attribute.name, attribute.value.replaceAll("__index__", index));
      }
    }
    if (like) carry(like, row);
    if (after) (errorsOf(after) ?? after).after(row);
    else body.append(row);
    refresh(row);
    changed();
    freeze();
    return row;
  }

  function move(row: HTMLTableRowElement, steps: 1 | -1): void {
    const all = lines();
    const other = steps < 0 ? all[all.indexOf(row) - 1] : following(row);
    if (!other) return;
    const errors = errorsOf(row);
    if (steps < 0) other.before(row);
    else (errorsOf(other) ?? other).after(row);
    if (errors) row.after(errors);
    changed();
    const same = row.querySelector<HTMLButtonElement>(steps < 0 ? "[data-up]" : "[data-down]");
    (same?.disabled ? row.querySelector<HTMLButtonElement>(steps < 0 ? "[data-down]" : "[data-up]") : same)?.focus();
    announce(say("row", { n: String(lines().indexOf(row) + 1) }));
  }

  /** Columns that stay in sight stand as far in as those before them are wide. */
  function freeze(): void {
    const columns = Number(element.dataset.frozen ?? 0);
    const heads = [...element.querySelectorAll<HTMLElement>("thead th")].slice(0, columns + 1);
    let inset = 0;
    heads.forEach((head, at) => {
      element.style.setProperty(`--dg-frozen-${at}`, `${inset}px`);
      inset += head.getBoundingClientRect().width;
    });
  }

  /** Say at a cell what could not be put into it; it goes with the next change there. */
  function mark(row: HTMLTableRowElement, cell: HTMLElement, text: string): void {
    let errors = errorsOf(row);
    if (!errors) {
      errors = make("tr", { class: "rowerr", "data-errors": row.dataset.line ?? "" }, make("td"), make("td", { colspan: String(row.cells.length - 1) }));
      row.after(errors);
    }
    const words = `${cell.dataset.label ?? ""}: ${say("notPlaced", { value: text.trim().slice(0, 80) })}`;
    const line = make("span", { class: "err", "data-pasted": "" }, icon("alert-circle"), words);
    errors.lastElementChild?.append(line);
    cell.classList.add("cellbad");
    const clear = (): void => {
      cell.removeEventListener("input", clear);
      line.remove();
      cell.classList.remove("cellbad");
      if (!errors?.querySelector(".err")) errors?.remove();
    };
    cell.addEventListener("input", clear);
  }

  /** What one types into in a cell; a picker's own box where there is one. */
  function entry(cell: Element | null | undefined): HTMLElement | null {
    return cell?.querySelector<HTMLElement>("input[role='combobox']") ?? cell?.querySelector<HTMLElement>(ENTRY) ?? null;
  }

  /** The row under one, which may still have to be drawn. */
  function following(row: HTMLTableRowElement): HTMLTableRowElement | undefined {
    let next = row.nextElementSibling as HTMLElement | null;
    while (next && next.dataset.line === undefined) {
      const before = next.previousElementSibling as Element;
      if (waits(next)) {
        draw(next);
        next = before.nextElementSibling as HTMLElement | null;
      } else next = next.nextElementSibling as HTMLElement | null;
    }
    return (next as HTMLTableRowElement | null) ?? undefined;
  }

  function below(cell: HTMLTableCellElement, canAdd: boolean): HTMLTableCellElement | null {
    const row = following(cell.parentElement as HTMLTableRowElement) ?? (canAdd ? add() : null);
    return (row?.querySelector(`td[data-column="${CSS.escape(cell.dataset.column ?? "")}"]`) as HTMLTableCellElement | null) ?? null;
  }

  function columns(): string[] {
    return [...(lines()[0]?.querySelectorAll<HTMLElement>("td[data-column]") ?? [])].filter((cell) => !cell.classList.contains("lv")).map((cell) => cell.dataset.column ?? "");
  }

  async function paste(start: HTMLTableCellElement, text: string): Promise<void> {
    const { cellsOf, write } = await import("./cells");
    const order = columns();
    const from = order.indexOf(start.dataset.column ?? "");
    const cells = cellsOf(text);
    let row: HTMLTableRowElement | null = start.parentElement as HTMLTableRowElement;
    let missed = cells.some((values) => from + values.length > order.length) ? 1 : 0;
    for (const [at, values] of cells.entries()) {
      if (!row) break;
      for (const [step, value] of values.entries()) {
        const cell = row.querySelector<HTMLElement>(`td[data-column="${CSS.escape(order[from + step] ?? "")}"]`);
        if (!cell || (await write(cell, value))) continue;
        mark(row, cell, value);
        missed += 1;
      }
      if (at < cells.length - 1) row = following(row) ?? add();
    }
    changed();
    announce(say(missed ? "pastedPartly" : "pasted", { n: String(cells.length) }));
    if (missed) toast(say("pastedPartly", { n: String(cells.length) }), true);
  }

  element.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>(BUTTONS) : null;
    if (!button) return;
    event.preventDefault();
    if (button.matches("[data-add]")) {
      entry(add()?.querySelector("td[data-column]"))?.focus();
      return;
    }
    const row = button.closest("tr") as HTMLTableRowElement;
    if (button.matches("[data-up], [data-down]")) move(row, button.matches("[data-up]") ? -1 : 1);
    else if (button.matches("[data-copy]")) entry(add(row, row)?.querySelector("td[data-column]"))?.focus();
    else remove(row);
  });

  function remove(row: HTMLTableRowElement): void {
    const all = lines();
    const neighbour = all[all.indexOf(row) + 1] ?? all[all.indexOf(row) - 1];
    errorsOf(row)?.remove();
    row.remove();
    changed();
    (neighbour?.querySelector<HTMLElement>("[data-remove]") ?? element.querySelector<HTMLElement>("[data-add]"))?.focus();
    announce(say("removeRow", { n: String(all.indexOf(row) + 1) }));
  }

  element.addEventListener("keydown", (event) => {
    const cell = event.target instanceof Element ? (event.target.closest("td[data-column]") as HTMLTableCellElement | null) : null;
    if (!cell || event.isComposing || event.defaultPrevented) return;
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && !(event.target instanceof HTMLTextAreaElement && event.shiftKey)) {
      if (event.target instanceof HTMLElement && event.target.getAttribute("aria-expanded") === "true") return;
      event.preventDefault();
      entry(below(cell, true))?.focus();
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "d") {
      const target = below(cell, false);
      const source = cell.querySelector<HTMLSelectElement | HTMLInputElement>(ENTRY);
      if (!target || !source) return;
      event.preventDefault();
      const text = source instanceof HTMLSelectElement ? (source.selectedOptions[0]?.text ?? "") : source.value;
      void import("./cells").then(({ write }) => write(target, text)).then(() => entry(target)?.focus());
    }
  });

  element.addEventListener("paste", (event) => {
    const cell = event.target instanceof Element ? (event.target.closest("td[data-column]") as HTMLTableCellElement | null) : null;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!cell || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    void paste(cell, text);
  });

  if (element.dataset.frozen) {
    freeze();
    new ResizeObserver(freeze).observe(element);
  }
});
