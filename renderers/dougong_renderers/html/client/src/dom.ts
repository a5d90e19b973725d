// What every island needs: the page's words and icons, set-up that also reaches what htmx brings, and messages.

export const words: Readonly<Record<string, string>> = JSON.parse(document.body.dataset.words ?? "{}");

/** The words of a key with its parameters filled in. */
export function say(key: string, parameters: Readonly<Record<string, string>> = {}): string {
  return Object.entries(parameters).reduce((text, [name, value]) => text.replace(`{${name}}`, value), words[key] ?? "");
}

const setUps: { selector: string; setUp: (element: HTMLElement) => void; seen: WeakSet<Element> }[] = [];

/** Run a set-up once for every element that matches, now and whenever htmx brings new ones. */
export function each(selector: string, setUp: (element: HTMLElement) => void): void {
  const entry = { selector, setUp, seen: new WeakSet<Element>() };
  setUps.push(entry);
  run(entry, document.body);
}

function run(entry: (typeof setUps)[number], root: Element): void {
  const found = [...root.querySelectorAll<HTMLElement>(entry.selector)];
  if (root instanceof HTMLElement && root.matches(entry.selector)) found.unshift(root);
  for (const element of found) {
    if (entry.seen.has(element) || element.closest("template")) continue;
    entry.seen.add(element);
    entry.setUp(element);
  }
}

/** Set up what was added to the page by a script. */
export function refresh(root: Element): void {
  for (const entry of setUps) run(entry, root);
}

document.body.addEventListener("htmx:load", (event) => {
  const root = (event as CustomEvent<{ elt: Element }>).detail.elt;
  if (root instanceof Element) refresh(root);
});

/** An icon of the sprite. */
export function icon(name: string): SVGSVGElement {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("class", "ti");
  drawing.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${document.body.dataset.icons ?? ""}#${name}`);
  drawing.append(use);
  return drawing;
}

/** An element with attributes and children. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Say something to a screen reader. */
export function announce(text: string): void {
  const live = document.getElementById("live");
  if (live) live.textContent = text;
}

/** Say something at the foot of the page; it goes by itself unless it is a failure. */
export function toast(text: string, failed = false): void {
  const close = make("button", { type: "button", class: "close", "aria-label": say("close") }, icon("x"));
  const box = make("div", { class: "dg-toast", role: failed ? "alert" : "status" }, icon(failed ? "alert-circle" : "check"), make("span", {}, text), close);
  close.addEventListener("click", () => box.remove());
  document.getElementById("toasts")?.append(box);
  if (!failed) window.setTimeout(() => box.remove(), 5000);
}

/** The headers of a request that changes something. */
export function guarded(): Record<string, string> {
  const given = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") as Record<string, string>;
  return { ...given, Accept: "application/json" };
}

/** Whether keys belong to what the person is typing into, or to the composing of Chinese. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target;
  if (event.isComposing || event.keyCode === 229) return true;
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button", "submit"].includes(target.type);
  return target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** Call later, once, however often it is asked for in between. */
export function debounce<A extends unknown[]>(wait: number, task: (...given: A) => void): (...given: A) => void {
  let timer = 0;
  return (...given) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => task(...given), wait);
  };
}

/** What one types into. */
export const ENTRY = "input:not([type='hidden']), select, textarea";
