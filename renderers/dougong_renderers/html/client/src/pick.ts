// The picker of records and people: a combobox over the plain select, which keeps the value and works alone without a script.
import { avatar } from "./avatar";
import { debounce, each, icon, make, say } from "./dom";

interface Found {
  results?: { id: string; label: string; note?: string; inside?: boolean }[];
  more?: boolean;
}

interface Offer {
  id: string;
  label: string;
  note: string;
  group?: Source;
  /** Whether others stand below it. */
  inside?: boolean;
}

/** A picker's place; `narrow` lets it ask with what the form holds, and what a script chooses is told by `dg:set`. */
interface Box extends HTMLElement {
  narrow?: () => RequestInit;
}

/** One of the kinds of record that a picker over several of them searches. */
export interface Source {
  field: string;
  address: string;
  kind: string;
  icon: string;
}

/** Choose by the exact text, as when cells of a sheet are pasted; false when no record is called so. */
export async function chooseByText(box: HTMLElement, text: string): Promise<boolean> {
  return built(box).chooseText(text);
}

const pickers = new WeakMap<HTMLElement, Picker>();
const margins = { rootMargin: "400px", scrollMargin: "400px" };
const near = new IntersectionObserver((entries) => {
  for (const entry of entries) if (entry.isIntersecting) built(entry.target as HTMLElement);
}, margins);
let count = 0;
const SHOWN_OF_EACH = 6;

export class Picker {
  private readonly select: HTMLSelectElement;
  private readonly input: HTMLInputElement;
  private readonly frame: HTMLElement;
  private readonly list: HTMLUListElement;
  private readonly many: boolean;
  private readonly address: string;
  private readonly isPerson: boolean;
  private readonly own: Offer[];
  private offers: Offer[] = [];
  private lines: HTMLElement[] = [];
  private at = -1;
  private asked = 0;
  /** Where one is in a tree: the records from the top down whose lower level is shown. */
  private way: Offer[] = [];

  constructor(private readonly root: Box, private readonly sources: readonly Source[] = []) {
    this.select = root.querySelector("select") as HTMLSelectElement;
    this.many = this.select.multiple;
    this.address = root.dataset.choose ?? "";
    this.isPerson = root.dataset.kind === "person";
    this.own = [...this.select.options].filter((option) => option.value).map((option) => ({ id: option.value, label: option.text, note: option.dataset.note ?? "" }));
    const id = `pick-${++count}`;
    this.input = make("input", {
      type: "text", role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": id, autocomplete: "off", spellcheck: "false",
      "aria-label": this.select.getAttribute("aria-label") ?? this.select.labels[0]?.firstChild?.textContent?.trim() ?? "",
    });
    for (const name of ["aria-describedby", "aria-invalid", "aria-required"]) {
      const value = this.select.getAttribute(name);
      if (value) this.input.setAttribute(name, value);
    }
    if (this.select.id) {
      this.input.id = `${this.select.id}-box`;
      for (const label of [...this.select.labels]) (label as HTMLLabelElement).htmlFor = this.input.id;
    }
    this.input.placeholder = this.many || !this.chosen().length ? (root.dataset.placeholder ?? say("choose")) : "";
    this.frame = make("div", { class: "pick-box" });
    this.list = make("ul", { class: "pick-list", role: "listbox", id, "aria-label": this.input.getAttribute("aria-label") ?? "" });
    this.list.hidden = true;
    this.select.hidden = true;
    root.append(this.frame, this.list);
    this.draw();
    this.listen();
  }

  private chosen(): HTMLOptionElement[] {
    return [...this.select.selectedOptions].filter((option) => option.value);
  }

  /** What is chosen, as chips or as the text of the box. */
  private draw(): void {
    const held = document.activeElement === this.input;
    const chips = this.many ? this.chosen().map((option) => this.chip(option)) : [];
    const end = make("span", { class: "end" });
    if (!this.many && this.chosen().length) {
      const clear = make("button", { type: "button", class: "bare", tabindex: "-1", "aria-label": say("clear"), title: say("clear") }, icon("x"));
      clear.addEventListener("click", () => this.set(null));
      end.append(clear);
    } else end.append(make("span", {}, icon(this.address || this.sources.length ? "search" : "chevron-down")));
    const name = this.chosen()[0]?.text;
    const face = !this.many && name && this.isPerson ? [avatar(name)] : [];
    this.frame.replaceChildren(...face, ...chips, this.input, end);
    if (!this.many) this.input.value = this.chosen()[0]?.text ?? "";
    else this.input.value = "";
    if (held) this.input.focus();
  }

  private chip(option: HTMLOptionElement): HTMLElement {
    const remove = make("button", { type: "button", class: "bare", "aria-label": say("removeValue", { name: option.text }) }, icon("x"));
    remove.addEventListener("click", () => {
      option.selected = false;
      this.changed();
      this.input.focus();
    });
    return make("span", { class: "pick-chip" }, ...(this.isPerson ? [avatar(option.text)] : []), make("span", { class: "el" }, option.text), remove);
  }

  private changed(): void {
    this.draw();
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
    this.select.dispatchEvent(new Event("input", { bubbles: true }));
  }

  private set(offer: Offer | null): void {
    if (!offer) this.select.value = "";
    else {
      let option = [...this.select.options].find((each) => each.value === offer.id);
      if (!option) {
        option = new Option(offer.label, offer.id);
        this.select.add(option);
      }
      option.selected = this.many ? !option.selected : true;
    }
    this.changed();
    this.close();
  }

  private open(offers: Offer[], more: boolean): void {
    this.offers = offers;
    const chosen = new Set(this.chosen().map((option) => option.value));
    this.list.replaceChildren(
      ...offers.map((offer, index) => {
        const line = make("li", { role: "option", id: `${this.list.id}-${index}`, "aria-selected": "false" });
        if (chosen.has(offer.id)) line.append(icon("check"));
        if (this.isPerson) line.append(avatar(offer.label));
        line.append(make("span", { class: "el" }, offer.label));
        if (offer.note) line.append(make("span", { class: "sp dim t12" }, offer.note));
        if (offer.inside) line.append(make("span", { class: "sp inside", title: say("below"), "data-inside": "" }, icon("chevron-right")));
        return line;
      }),
    );
    this.lines = [...this.list.children] as HTMLElement[];
    this.lines.forEach((line, index) => {
      const group = offers[index]?.group;
      if (!group || group === offers[index - 1]?.group) return;
      line.before(make("li", { class: "group-line", role: "presentation" }, icon(group.icon), group.kind));
    });
    const above = this.way.at(-1);
    if (above) {
      const back = make("li", { class: "group-line back", role: "presentation", "data-back": "" }, icon("chevron-left"), this.way.map((each) => each.label).join(" / "));
      this.list.prepend(back);
    }
    for (const [index, line] of this.lines.entries()) {
      const kind = offers[index]?.group?.kind;
      if (kind) line.setAttribute("aria-label", `${offers[index]?.label ?? ""}, ${kind}`);
    }
    if (!offers.length) this.list.append(make("li", { class: "note-line", role: "presentation" }, say("noMatch")));
    if (more) this.list.append(make("li", { class: "note-line", role: "presentation" }, say("moreResults")));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.place();
    this.point(offers.length ? 0 : -1);
  }

  /** Inside a table the list floats above it, else it would be cut. */
  private place(): void {
    const cell = this.root.closest("td, .dg-confirm");
    this.list.classList.toggle("floating", cell !== null);
    if (!cell) return;
    const box = this.frame.getBoundingClientRect();
    const below = window.innerHeight - box.bottom > 240;
    this.list.style.left = `${box.left}px`;
    this.list.style.width = `${Math.max(box.width, 240)}px`;
    this.list.style.top = below ? `${box.bottom + 4}px` : "auto";
    this.list.style.bottom = below ? "auto" : `${window.innerHeight - box.top + 4}px`;
  }

  private close(): void {
    this.list.hidden = true;
    this.way = [];
    this.at = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  private point(at: number): void {
    this.at = this.offers.length ? (at + this.offers.length) % this.offers.length : -1;
    this.lines.forEach((line, index) => line.setAttribute("aria-selected", String(index === this.at)));
    const line = this.lines[this.at];
    if (line && this.at >= 0) {
      this.input.setAttribute("aria-activedescendant", line.id);
      line.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  private async find(text: string): Promise<{ offers: Offer[]; more: boolean }> {
    if (this.sources.length) {
      const found = await Promise.all(this.sources.map((source) => this.ask(source.address, text)));
      const grouped = found.flatMap(({ offers }, index) => {
        const group = this.sources[index] as Source;
        return offers.slice(0, SHOWN_OF_EACH).map((offer) => ({ ...offer, id: `${group.field}:${offer.id}`, group }));
      });
      return { offers: grouped, more: found.some(({ offers, more }) => more || offers.length > SHOWN_OF_EACH) };
    }
    if (!this.address) {
      const wanted = text.trim().toLowerCase();
      return { offers: this.own.filter((offer) => offer.label.toLowerCase().includes(wanted)), more: false };
    }
    if ("tree" in this.root.dataset && !text.trim()) return this.ask(this.address, "", `&below=${this.way.at(-1)?.id ?? ""}`);
    this.way = [];
    return this.ask(this.address, text);
  }

  /** One level down below an offer, or up again. */
  private step(offer: Offer | null): void {
    if (offer) this.way.push(offer);
    else this.way.pop();
    void this.search("");
  }

  private async ask(address: string, text: string, more = ""): Promise<{ offers: Offer[]; more: boolean }> {
    const join = address.includes("?") ? "&" : "?";
    const answer = await fetch(`${address}${join}q=${encodeURIComponent(text.trim())}${more}`, this.root.narrow?.() ?? { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const found = (await answer.json()) as Found;
    return { offers: (found.results ?? []).map((each) => ({ id: String(each.id), label: each.label, note: each.note ?? "", inside: each.inside ?? false })), more: found.more ?? false };
  }

  private async search(text: string): Promise<void> {
    const mine = ++this.asked;
    try {
      const { offers, more } = await this.find(text);
      if (mine === this.asked && document.activeElement === this.input) this.open(offers, more);
    } catch {
      this.list.replaceChildren(make("li", { class: "note-line", role: "presentation" }, say("offline")));
      this.list.hidden = false;
    }
  }

  focus(): void {
    this.input.focus();
  }

  async chooseText(text: string): Promise<boolean> {
    if (!text.trim()) {
      this.set(null);
      return true;
    }
    const { offers } = await this.find(text);
    const exact = offers.filter((offer) => offer.label.trim() === text.trim());
    if (exact.length !== 1 || !exact[0]) return false;
    this.set(exact[0]);
    return true;
  }

  private listen(): void {
    this.select.addEventListener("dg:set", () => this.draw());
    const later = debounce(180, (text: string) => void this.search(text));
    this.input.addEventListener("input", (event) => {
      event.stopPropagation();
      later(this.input.value);
    });
    this.input.addEventListener("change", (event) => event.stopPropagation());
    this.frame.addEventListener("mousedown", (event) => {
      if (event.target instanceof Element && event.target.closest("button")) return;
      if (this.list.hidden) void Promise.resolve().then(() => { this.input.focus(); this.input.select(); return this.search(""); });
    });
    this.input.addEventListener("blur", () => window.setTimeout(() => {
      if (this.root.contains(document.activeElement)) return;
      this.close();
      this.draw();
    }, 120));
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const target = event.target instanceof Element ? event.target : null;
      const line = target?.closest('[role="option"]');
      const offer = line ? this.offers[this.lines.indexOf(line as HTMLElement)] : undefined;
      if (target?.closest("[data-back]")) this.step(null);
      else if (offer && target?.closest("[data-inside]")) this.step(offer);
      else if (offer) this.set(offer);
    });
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      event.stopPropagation();
      if (this.list.hidden) void this.search("");
      else this.point(this.at + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "ArrowRight" && !this.list.hidden && !this.input.value && this.offers[this.at]?.inside) {
      event.preventDefault();
      this.step(this.offers[this.at] ?? null);
    } else if (event.key === "ArrowLeft" && !this.list.hidden && !this.input.value && this.way.length) {
      event.preventDefault();
      this.step(null);
    } else if (event.key === "Enter" && !this.list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      const offer = this.offers[this.at];
      if (offer) this.set(offer);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.stopPropagation();
      this.close();
      this.draw();
    } else if (event.key === "Backspace" && !this.input.value && this.many) {
      const last = this.chosen().at(-1);
      if (last) {
        last.selected = false;
        this.changed();
      }
    }
  }
}

/** The picker of a box, built when it is first asked for. */
function built(box: HTMLElement): Picker {
  near.unobserve(box);
  const picker = pickers.get(box) ?? new Picker(box);
  pickers.set(box, picker);
  return picker;
}

// Pickers in the rows of a table are built when they come near, else a thousand rows would take seconds; till then the select works.
each("[data-pick]", (element) => {
  if (element.closest("tr[data-line]")) near.observe(element);
  else built(element);
});

document.addEventListener("focusin", (event) => {
  const box = event.target instanceof HTMLSelectElement ? event.target.closest<HTMLElement>("[data-pick]") : null;
  if (box && !pickers.has(box)) built(box).focus();
});
