// An input for expressions: suggestions and findings come from the server while one types, the findings stand under the words they
// are about. The plain textarea stays what is sent; without this script it is all there is.
import { announce, debounce, each, guarded, icon, make, say } from "./dom";

interface Suggestion {
  kind: string;
  text: string;
  label: string;
  detail: string;
  help: string;
}

interface Finding {
  code: string;
  message: string;
  hint: string;
  start: number;
  length: number;
}

interface Signature {
  name: string;
  signature: string;
  help: string;
  example: string;
  argument: number;
}

interface Tried {
  record: string;
  records: { id: string; title: string }[];
  text: string;
  problem: string;
}

interface Answer {
  problems: Finding[];
  reading: string;
  type: string | null;
  tried?: Tried;
  completion: { start: number; end: number; suggestions: Suggestion[]; signature: Signature | null } | null;
}

const DRAWINGS: Readonly<Record<string, string>> = {
  field: "forms", record: "link", list: "table", function: "math-function", option: "circle-dot", operator: "equal",
};
const UNFINISHED = "D402";
const untilSeen = new Map<Element, () => void>();
const seen = new IntersectionObserver((entries) => {
  for (const entry of entries.filter((each) => each.isIntersecting)) {
    seen.unobserve(entry.target);
    untilSeen.get(entry.target)?.();
    untilSeen.delete(entry.target);
  }
});

/** What stands in a panel that is closed is not looked over before somebody opens it. */
function whenSeen(element: Element, then: () => void): void {
  untilSeen.set(element, then);
  seen.observe(element);
}

const WAIT = 120;
let editors = 0;

/** What the expression gives for a record that one chooses; asked for only while it is open. */
class Trial {
  readonly element: HTMLDetailsElement;
  readonly #records: HTMLSelectElement;
  readonly #result: HTMLOutputElement;

  constructor(private readonly root: HTMLElement, name: string, changed: () => void) {
    this.#records = make("select", { class: "form-select", id: `${name}-record`, "aria-label": root.dataset.tryRecord ?? "" });
    this.#result = make("output", { for: `${name}-record`, "aria-live": "polite" });
    this.element = make("details", { class: "xe-try" }, make("summary", {}, icon("player-play"), root.dataset.try ?? ""), this.#records, this.#result);
    this.element.addEventListener("toggle", () => this.open && changed());
    this.#records.addEventListener("change", changed);
  }

  get open(): boolean {
    return this.element.open;
  }

  get record(): string {
    return this.#records.value;
  }

  show(found: Tried): void {
    this.#records.hidden = !found.records.length;
    this.#records.replaceChildren(...found.records.map((each) => new Option(each.title || each.id, each.id, false, each.id === found.record)));
    this.#result.className = found.problem ? "is-off" : "";
    this.#result.textContent = found.problem || `= ${found.text || (this.root.dataset.tryEmpty ?? "")}`;
  }

  /** What was worked out before does not hold any more. */
  fade(): void {
    this.#result.className = "is-old";
  }
}

each("[data-expression]", (root) => {
  const area = root.querySelector("textarea") as HTMLTextAreaElement;
  const name = `xe-${++editors}`;
  const marks = make("div", { class: "xe-marks", "aria-hidden": "true" });
  const paper = make("div", { class: "xe-paper" });
  const list = make("ul", { class: "xe-list", role: "listbox", id: `${name}-list`, "aria-label": root.dataset.suggestions ?? "" });
  const around = make("div", { class: "xe-around" });
  const said = make("div", { class: "xe-said", id: `${name}-said`, "aria-live": "polite" });
  const onEnter = root.dataset.enter === "submit";
  let offered: Suggestion[] = [];
  let shown: Suggestion[] = [];
  let chosen = -1;
  let from = 0;
  let until = 0;
  let asked = 0;
  let composing = false;
  let dismissed = false;
  const trial = root.dataset.try === undefined ? null : new Trial(root, name, () => void ask(false));

  area.replaceWith(paper);
  paper.append(marks, area);
  list.hidden = true;
  paper.after(around, said, list);
  if (trial) root.after(trial.element);
  root.querySelector(".err")?.remove();
  area.setAttribute("role", "combobox");
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-haspopup", "listbox");
  area.setAttribute("aria-controls", list.id);
  area.setAttribute("aria-expanded", "false");
  area.setAttribute("aria-describedby", [area.getAttribute("aria-describedby"), said.id].filter(Boolean).join(" "));
  area.setAttribute("autocapitalize", "off");
  area.setAttribute("autocomplete", "off");

  /** A help text without the marks of its code. */
  function plain(text: string): string {
    return text.replaceAll("`", "");
  }

  // Places come in characters; a script counts halves of some of them.
  function toScript(text: string, place: number): number {
    return [...text].slice(0, place).join("").length;
  }

  async function ask(completing: boolean): Promise<void> {
    const mine = ++asked;
    const text = area.value;
    const caret = area.selectionEnd;
    const body: Record<string, unknown> = { text, purpose: root.dataset.purpose };
    if (root.dataset.field) body.field = root.dataset.field;
    if (root.dataset.table) body.table = root.dataset.table;
    if (trial?.open) body.record = trial.record;
    body.caret = [...text.slice(0, caret)].length;
    try {
      const answer = await fetch(root.dataset.expression ?? "", {
        method: "POST",
        headers: { ...guarded(), "Content-Type": "application/json", "Accept-Language": document.documentElement.lang },
        body: JSON.stringify(body),
      });
      if (mine !== asked || area.value !== text) return;
      if (!answer.ok) return;
      take((await answer.json()) as Answer, text, completing && !dismissed && document.activeElement === area && area.selectionEnd === caret);
    } catch {
      // Without an answer the text is sent as it is, and the server says what is wrong.
    }
  }

  const askSoon = debounce(WAIT, () => void ask(true));

  function take(answer: Answer, text: string, completing: boolean): void {
    const begins = answer.problems.map((each) => toScript(text, each.start));
    mark(answer.problems, begins, text);
    tell(answer);
    if (answer.tried) trial?.show(answer.tried);
    const found = answer.completion;
    signature(found?.signature ?? null);
    if (!completing || !found) {
      close();
      return;
    }
    from = toScript(text, found.start);
    until = toScript(text, found.end);
    offered = found.suggestions;
    offer(offered);
  }

  // ——— what is wrong ———

  function mark(found: readonly Finding[], begins: readonly number[], text: string): void {
    const pieces: (Node | string)[] = [];
    let at = 0;
    found.forEach((each, index) => {
      const begin = begins[index] ?? 0;
      if (begin < at || each.code === UNFINISHED) return;
      const end = begin + Math.max(1, [...text.slice(begin)].slice(0, each.length).join("").length);
      pieces.push(text.slice(at, begin), make("mark", {}, text.slice(begin, end) || " "));
      at = end;
    });
    marks.replaceChildren(...pieces, `${text.slice(at)} `);
    marks.scrollTop = area.scrollTop;
  }

  function tell(answer: Answer): void {
    const found = answer.problems;
    const begins = found.map((each) => toScript(area.value, each.start));
    const unfinished = found.length > 0 && found.every((each) => each.code === UNFINISHED);
    const wrong = found.length > 0 && !unfinished;
    area.classList.toggle("is-bad", wrong);
    area.classList.toggle("is-begun", unfinished);
    area.setAttribute("aria-invalid", String(wrong));
    const lines = found.slice(0, 3).map((each, index) => {
      const line = make("button", { type: "button", class: `bare xe-problem${unfinished ? " begun" : ""}` }, icon(unfinished ? "progress" : "alert-circle"), make("span", {}, each.message + (each.hint ? ` · ${each.hint}` : "")));
      line.addEventListener("click", () => {
        area.focus();
        const begin = begins[index] ?? 0;
        area.setSelectionRange(begin, begin + each.length);
      });
      return line;
    });
    const gives = answer.type ? (root.dataset.gives ?? "").replace("{type}", answer.type) : "";
    const good = !found.length && answer.reading ? [make("p", { class: "xe-reading" }, icon("check"), make("span", {}, answer.reading)), make("p", { class: "xe-type" }, gives)] : [];
    said.replaceChildren(...lines, ...good);
  }

  function signature(found: Signature | null): void {
    if (!found) {
      around.replaceChildren();
      return;
    }
    around.replaceChildren(make("code", {}, ...emphasised(found)), make("span", {}, plain(found.help)), ...(found.example ? [make("code", { class: "xe-example" }, found.example)] : []));
  }

  /** The signature with the argument that is being typed in bold; one that repeats stays at the last. */
  function emphasised(found: Signature): (Node | string)[] {
    const open = found.signature.indexOf("(");
    const parts = found.signature.slice(open + 1, -1).split(",");
    if (open < 0 || !parts[0]) return [found.signature];
    const at = Math.min(found.argument, parts.length - 1);
    const before = parts.slice(0, at).map((part) => `${part},`).join("");
    const after = parts.slice(at + 1).map((part) => `,${part}`).join("");
    return [`${found.signature.slice(0, open + 1)}${before}`, make("b", {}, parts[at] ?? ""), `${after})`];
  }

  // ——— suggestions ———

  function begun(): string {
    return area.value.slice(from, area.selectionEnd);
  }

  function offer(found: Suggestion[]): void {
    shown = found;
    if (!found.length) {
      close();
      return;
    }
    list.replaceChildren(...found.map(drawn));
    list.hidden = false;
    list.scrollIntoView({ block: "nearest" });
    area.setAttribute("aria-expanded", "true");
    choose(begun() && found[0]?.text !== begun() ? 0 : -1);
    announce(say("results", { n: String(found.length) }));
  }

  function drawn(each: Suggestion, index: number): HTMLElement {
    const written = each.text.replace(/\(\)?$/, "");
    const line = make("li", { role: "option", id: `${name}-${index}`, "aria-selected": "false" },
      icon(DRAWINGS[each.kind] ?? "point"),
      make("span", { class: "xe-label" }, each.label),
      make("code", {}, written === each.label ? "" : written),
      make("span", { class: "xe-detail" }, each.kind === "option" ? "" : each.detail));
    if (each.help) line.append(make("span", { class: "xe-help" }, plain(each.help)));
    line.addEventListener("mousedown", (event) => event.preventDefault());
    line.addEventListener("click", () => accept(each));
    return line;
  }

  function choose(at: number): void {
    chosen = at;
    [...list.children].forEach((line, index) => line.setAttribute("aria-selected", String(index === at)));
    const line = list.children[at];
    if (line) {
      area.setAttribute("aria-activedescendant", line.id);
      line.scrollIntoView({ block: "nearest" });
    } else area.removeAttribute("aria-activedescendant");
  }

  function close(): void {
    list.hidden = true;
    list.replaceChildren();
    shown = [];
    chosen = -1;
    area.setAttribute("aria-expanded", "false");
    area.removeAttribute("aria-activedescendant");
  }

  /** Narrow what is offered while the server is being asked. */
  function narrow(): void {
    if (list.hidden) return;
    const wanted = begun().toLowerCase();
    if (area.selectionEnd < from || /[\s(),.]/.test(wanted)) close();
    else offer(offered.filter((each) => `${each.text} ${each.label} ${each.detail}`.toLowerCase().includes(wanted)));
  }

  function accept(each: Suggestion): void {
    const word = each.kind === "operator";
    const glued = word && from > 0 && !/[\s(（]$/.test(area.value.slice(0, from));
    const end = Math.max(until, area.selectionEnd);
    put(`${glued ? " " : ""}${each.text}${word && !each.text.endsWith("(") ? " " : ""}`, from, end);
    close();
  }

  /** Put a text in place of a part, so that the browser can undo it. */
  function put(text: string, begin: number, end: number): void {
    area.focus();
    area.setSelectionRange(begin, end);
    if (!document.execCommand("insertText", false, text)) {
      area.setRangeText(text, begin, end, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  // ——— what a person does ———

  area.addEventListener("compositionstart", () => (composing = true));
  area.addEventListener("compositionend", () => {
    composing = false;
    askSoon();
  });
  area.addEventListener("input", () => {
    marks.replaceChildren(`${area.value} `);
    trial?.fade();
    dismissed = false;
    if (composing) return;
    narrow();
    askSoon();
  });
  area.addEventListener("scroll", () => (marks.scrollTop = area.scrollTop));
  area.addEventListener("focus", () => void ask(!area.value));
  area.addEventListener("blur", close);
  area.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const isOpen = !list.hidden;
    if ((event.ctrlKey && event.key === " ") || (event.altKey && event.key === "ArrowDown") || (!isOpen && !area.value && event.key === "ArrowDown")) {
      event.preventDefault();
      dismissed = false;
      void ask(true);
    } else if (isOpen && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(chosen < 0 ? (step > 0 ? 0 : shown.length - 1) : (chosen + step + shown.length) % shown.length);
    } else if (isOpen && event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      dismissed = true;
      close();
    } else if (isOpen && shown.length && ((event.key === "Tab" && !event.shiftKey && begun()) || (event.key === "Enter" && chosen >= 0)) && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      const taken = shown[Math.max(0, chosen)];
      if (taken) accept(taken);
    } else if (event.key === "Enter" && !event.shiftKey && (onEnter || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      close();
      area.form?.requestSubmit();
    }
  });
  if (document.activeElement === area || area.value) whenSeen(area, () => void ask(false));
});
