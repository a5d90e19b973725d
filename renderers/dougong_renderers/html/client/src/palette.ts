// The command palette: every place of the menu, and records found by the server, by keyboard.
import { announce, debounce, each, icon, isTyping, make, say } from "./dom";

interface Entry {
  label: string;
  href: string;
  group: string;
  words: string;
  drawing: string;
}

interface Found {
  results?: { label: string; href: string; group?: string; note?: string; icon?: string }[];
}

const LIMIT = 40;

each("#palette", (element) => {
  const dialog = element as HTMLDialogElement;
  const input = dialog.querySelector("input") as HTMLInputElement;
  const list = dialog.querySelector("#palette-list") as HTMLUListElement;
  const entries = [...dialog.querySelectorAll<HTMLElement>("#palette-entries li")].map(read);
  let chosen = 0;
  let asked = 0;

  function read(line: HTMLElement): Entry {
    const link = line.querySelector("a") as HTMLAnchorElement;
    return {
      label: link.textContent?.trim() ?? "",
      href: link.getAttribute("href") ?? "",
      group: line.dataset.group ?? "",
      words: line.dataset.words ?? "",
      drawing: line.dataset.icon ?? "arrow-right",
    };
  }

  function options(): HTMLElement[] {
    return [...list.querySelectorAll<HTMLElement>('[role="option"]')];
  }

  function choose(at: number): void {
    const all = options();
    chosen = all.length ? (at + all.length) % all.length : 0;
    all.forEach((option, index) => option.setAttribute("aria-selected", String(index === chosen)));
    const current = all[chosen];
    if (current) {
      input.setAttribute("aria-activedescendant", current.id);
      current.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  function show(found: Entry[]): void {
    list.replaceChildren(
      ...found.slice(0, LIMIT).map((entry, index) => {
        const line = make("li", { role: "option", id: `palette-${index}`, "data-href": entry.href }, icon(entry.drawing), make("span", { class: "el" }, entry.label));
        if (entry.group) line.append(make("span", { class: "g" }, entry.group));
        return line;
      }),
    );
    if (!found.length) list.append(make("li", { class: "none", role: "presentation" }, say("noMatch")));
    choose(0);
    announce(found.length ? say("results", { n: String(found.length) }) : say("noMatch"));
  }

  function local(text: string): Entry[] {
    const wanted = text.trim().toLowerCase();
    return entries
      .map((entry) => ({ entry, rank: rank(entry, wanted) }))
      .filter((each) => each.rank > 0)
      .sort((one, other) => other.rank - one.rank)
      .map((each) => each.entry);
  }

  /** A name that is, begins with or holds the text goes before one whose app or further words do. */
  function rank(entry: Entry, wanted: string): number {
    const label = entry.label.toLowerCase();
    if (label === wanted) return 4;
    if (label.startsWith(wanted)) return 3;
    if (label.includes(wanted)) return 2;
    return `${entry.group} ${entry.words}`.toLowerCase().includes(wanted) ? 1 : 0;
  }

  const ask = debounce(200, async (text: string) => {
    const mine = ++asked;
    const address = dialog.dataset.search;
    if (!address || text.trim().length < 2) return;
    try {
      const answer = await fetch(`${address}?q=${encodeURIComponent(text.trim())}`, { headers: { Accept: "application/json" } });
      if (!answer.ok || mine !== asked || input.value !== text) return;
      const found = ((await answer.json()) as Found).results ?? [];
      const more = found.map((each) => ({ label: each.label, href: each.href, group: each.group ?? each.note ?? "", words: "", drawing: each.icon ?? "file" }));
      show([...local(text), ...more]);
    } catch {
      // The places of the menu are still offered.
    }
  });

  function open(): void {
    if (dialog.open) return;
    input.value = "";
    dialog.showModal();
    show(local(""));
    input.focus();
  }

  function go(line: HTMLElement | undefined): void {
    if (line?.dataset.href) window.location.assign(line.dataset.href);
  }

  input.addEventListener("input", () => {
    show(local(input.value));
    ask(input.value);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      go(options()[chosen]);
    }
  });
  list.addEventListener("click", (event) => {
    if (event.target instanceof Element) go(event.target.closest<HTMLElement>('[role="option"]') ?? undefined);
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    } else if (event.key === "?" && !isTyping(event)) open();
  });
  each("[data-palette]", (button) => {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      open();
    });
  });
});
