// Sub-tables in a form: add and remove rows, Enter for the next row, Ctrl D to fill down, paste cells from a sheet.
import { announce, each, refresh, say } from "./dom";
import { chooseByText } from "./pick";
import { draw, waits } from "./waiting";

const CELL = "input:not([type='hidden']), select, textarea";

each("[data-rows]", (element) => {
  const body = element.querySelector("tbody") as HTMLTableSectionElement;
  const blank = element.querySelector("template") as HTMLTemplateElement;
  let next = Number(element.dataset.count);

  function lines(): HTMLTableRowElement[] {
    return [...body.querySelectorAll<HTMLTableRowElement>("tr[data-line]")];
  }

  function changed(): void {
    let at = 0;
    for (const row of body.rows) {
      at += waits(row);
      if (row.dataset.line === undefined) continue;
      const n = String(++at);
      const number = row.querySelector("[data-number]");
      if (number) number.textContent = n;
      const remove = row.querySelector<HTMLElement>("[data-remove]");
      remove?.setAttribute("aria-label", say("removeRow", { n }));
      remove?.setAttribute("title", say("removeRow", { n }));
    }
    const count = element.querySelector("[data-row-count]");
    if (count) count.textContent = (count.textContent ?? "").replace(/[\d,]+/, String(at));
    element.dispatchEvent(new CustomEvent("dg:changed", { bubbles: true }));
  }

  function add(): HTMLTableRowElement | null {
    if (!element.querySelector("[data-add]")) return null;
    const index = String(next++);
    const row = (blank.content.firstElementChild as HTMLTableRowElement).cloneNode(true) as HTMLTableRowElement;
    for (const part of [row, ...row.querySelectorAll<HTMLElement>("*")]) {
      for (const attribute of [...part.attributes]) {
        if (attribute.value.includes("__index__")) part.setAttribute(attribute.name, attribute.value.replaceAll("__index__", index));
      }
    }
    body.append(row);
    refresh(row);
    changed();
    return row;
  }

  /** What one types into in a cell; a picker's own box where there is one. */
  function entry(cell: Element | null | undefined): HTMLElement | null {
    return cell?.querySelector<HTMLElement>("input[role='combobox']") ?? cell?.querySelector<HTMLElement>(CELL) ?? null;
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

  async function write(cell: Element | undefined, text: string): Promise<void> {
    const picker = cell?.querySelector<HTMLElement>("[data-pick]");
    if (picker) {
      await chooseByText(picker, text);
      return;
    }
    const input = cell?.querySelector<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>(CELL);
    if (!input) return;
    if (input instanceof HTMLInputElement && input.type === "checkbox") input.checked = /^(true|1|yes|是)$/i.test(text.trim());
    else if (input instanceof HTMLSelectElement) {
      const option = [...input.options].find((each) => each.text.trim() === text.trim() || each.value === text.trim());
      if (option) input.value = option.value;
    } else input.value = text.trim();
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function columns(): string[] {
    return [...(lines()[0]?.querySelectorAll<HTMLElement>("td[data-column]") ?? [])].filter((cell) => !cell.classList.contains("lv")).map((cell) => cell.dataset.column ?? "");
  }

  async function paste(start: HTMLTableCellElement, text: string): Promise<void> {
    const cells = text.replace(/\r/g, "").replace(/\n$/, "").split("\n").map((line) => line.split("\t"));
    const order = columns();
    const from = order.indexOf(start.dataset.column ?? "");
    let row: HTMLTableRowElement | null = start.parentElement as HTMLTableRowElement;
    for (const [at, values] of cells.entries()) {
      if (!row) break;
      for (const [step, value] of values.entries()) {
        const column = order[from + step];
        if (column) await write(row.querySelector(`td[data-column="${CSS.escape(column)}"]`) ?? undefined, value);
      }
      if (at < cells.length - 1) row = following(row) ?? add();
    }
    changed();
  }

  element.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-add], [data-remove]") : null;
    if (!button) return;
    event.preventDefault();
    if (button.matches("[data-add]")) {
      entry(add()?.querySelector("td[data-column]"))?.focus();
      return;
    }
    const row = button.closest("tr") as HTMLTableRowElement;
    const all = lines();
    const neighbour = all[all.indexOf(row) + 1] ?? all[all.indexOf(row) - 1];
    body.querySelector(`tr[data-errors="${CSS.escape(row.dataset.line ?? "")}"]`)?.remove();
    row.remove();
    changed();
    (neighbour?.querySelector<HTMLElement>("[data-remove]") ?? element.querySelector<HTMLElement>("[data-add]"))?.focus();
    announce(say("removeRow", { n: String(all.indexOf(row) + 1) }));
  });

  element.addEventListener("keydown", (event) => {
    const cell = event.target instanceof Element ? (event.target.closest("td[data-column]") as HTMLTableCellElement | null) : null;
    if (!cell || event.isComposing || event.defaultPrevented) return;
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && !(event.target instanceof HTMLTextAreaElement && event.shiftKey)) {
      if (event.target instanceof HTMLElement && event.target.getAttribute("aria-expanded") === "true") return;
      event.preventDefault();
      entry(below(cell, true))?.focus();
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "d") {
      const target = below(cell, false);
      const source = cell.querySelector<HTMLSelectElement | HTMLInputElement>(CELL);
      if (!target || !source) return;
      event.preventDefault();
      const text = source instanceof HTMLSelectElement ? (source.selectedOptions[0]?.text ?? "") : source.value;
      void write(target, text).then(() => entry(target)?.focus());
    }
  });

  element.addEventListener("paste", (event) => {
    const cell = event.target instanceof Element ? (event.target.closest("td[data-column]") as HTMLTableCellElement | null) : null;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!cell || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    void paste(cell, text);
  });
});
