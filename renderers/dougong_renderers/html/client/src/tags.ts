// Tags as chips over the plain text box, which keeps them with ; between; those in use are offered while one types.
import { debounce, icon, make, say } from "./dom";

const SEPARATORS = /[;；,，、|\n]/;

/** Draw the tags of a box. */
export function setUp(root: HTMLElement): void {
  const kept = root.querySelector("input") as HTMLInputElement;
  const offers = root.querySelector("datalist") as HTMLDataListElement;
  const box = make("div", { class: "pick-box" });
  const entry = make("input", { type: "text", autocomplete: "off", placeholder: kept.placeholder, "aria-label": named() });
  entry.setAttribute("list", offers.id);
  for (const name of ["aria-describedby", "aria-invalid", "aria-required"]) {
    const value = kept.getAttribute(name);
    if (value) entry.setAttribute(name, value);
  }
  entry.id = `${kept.id}-box`;
  for (const label of document.querySelectorAll<HTMLLabelElement>(`label[for="${CSS.escape(kept.id)}"]`)) label.htmlFor = entry.id;
  let tags = split(kept.value);
  kept.type = "hidden";
  root.append(box);
  draw();

  function named(): string {
    return kept.getAttribute("aria-label") ?? document.querySelector(`label[for="${CSS.escape(kept.id)}"]`)?.firstChild?.textContent?.trim() ?? "";
  }

  function split(text: string): string[] {
    return text.split(SEPARATORS).map((part) => part.trim()).filter(Boolean);
  }

  function draw(): void {
    const held = document.activeElement === entry;
    box.replaceChildren(...tags.map(chip), entry);
    entry.placeholder = tags.length ? "" : kept.placeholder;
    if (held) entry.focus();
  }

  function chip(tag: string): HTMLElement {
    const remove = make("button", { type: "button", class: "bare", "aria-label": say("removeValue", { name: tag }) }, icon("x"));
    remove.addEventListener("click", () => {
      keep(tags.filter((other) => other !== tag));
      entry.focus();
    });
    return make("span", { class: "pick-chip" }, make("span", { class: "el" }, tag), remove);
  }

  function keep(wanted: string[]): void {
    tags = wanted;
    kept.value = tags.join("; ");
    draw();
    root.dispatchEvent(new CustomEvent("dg:changed", { bubbles: true }));
  }

  /** Take what stands in the box as tags. */
  function take(): void {
    const known = new Set(tags.map((tag) => tag.toLowerCase()));
    const added = split(entry.value).filter((tag) => !known.has(tag.toLowerCase()) && known.add(tag.toLowerCase()));
    entry.value = "";
    if (added.length) keep([...tags, ...added]);
  }

  const ask = debounce(200, async () => {
    const address = root.dataset.choose;
    if (!address) return;
    try {
      const answer = await fetch(`${address}?q=${encodeURIComponent(entry.value.trim())}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const { results = [] } = (await answer.json()) as { results?: { label: string }[] };
      offers.replaceChildren(...results.filter(({ label }) => !tags.includes(label)).map(({ label }) => make("option", { value: label })));
    } catch {
      // Without suggestions one types the whole word.
    }
  });

  entry.addEventListener("focus", ask);
  entry.addEventListener("input", (event) => {
    const chosen = event instanceof InputEvent ? event.inputType === "insertReplacementText" : true;
    if (chosen || SEPARATORS.test(entry.value)) take();
    else ask();
    event.stopPropagation();
  });
  entry.addEventListener("blur", take);
  entry.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && entry.value.trim()) {
      event.preventDefault();
      take();
    } else if (event.key === "Backspace" && !entry.value && tags.length) keep(tags.slice(0, -1));
  });
  box.addEventListener("click", (event) => {
    if (event.target === box) entry.focus();
  });
  kept.addEventListener("input", () => {
    tags = split(kept.value);
    draw();
  });
}
