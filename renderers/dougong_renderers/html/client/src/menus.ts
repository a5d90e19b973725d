// Menus that open from a summary: one at a time, closed by Escape or a click elsewhere, walked with arrow keys.
import { each } from "./dom";

const MENU = "details[data-menu]";

function close(menu: HTMLDetailsElement, giveFocusBack: boolean): void {
  menu.open = false;
  if (giveFocusBack) menu.querySelector<HTMLElement>("summary")?.focus();
}

function items(menu: HTMLElement): HTMLElement[] {
  const found = menu.querySelectorAll<HTMLElement>(".dg-pop a, .dg-pop button, .dg-pop input, .dg-pop select, .dg-pop textarea");
  return [...found].filter((item) => item.offsetParent !== null && !item.hasAttribute("disabled"));
}

/** Keep an opened menu inside the window. */
function place(menu: HTMLElement): void {
  const box = menu.querySelector<HTMLElement>(".dg-pop");
  if (!box || getComputedStyle(box).position === "fixed") return;
  box.style.translate = "";
  const seen = box.getBoundingClientRect();
  const over = seen.right - (window.innerWidth - 8);
  const under = 8 - seen.left;
  if (over > 0) box.style.translate = `${-over}px 0`;
  else if (under > 0) box.style.translate = `${under}px 0`;
}

each(MENU, (element) => {
  const menu = element as HTMLDetailsElement;
  menu.addEventListener("toggle", () => {
    if (!menu.open) return;
    for (const other of document.querySelectorAll<HTMLDetailsElement>(`${MENU}[open]`)) {
      if (other !== menu && !other.contains(menu)) other.open = false;
    }
    place(menu);
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      event.stopPropagation();
      close(menu, true);
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    if (event.target instanceof HTMLElement && event.target.matches("select, textarea")) return;
    event.preventDefault();
    if (!menu.open) menu.open = true;
    const all = items(menu);
    const at = all.indexOf(document.activeElement as HTMLElement);
    all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]?.focus();
  });
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>(`${MENU}[open]`)) {
    if (event.target instanceof Node && !menu.contains(event.target)) close(menu, false);
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && window.location.hash === "#menu") window.location.hash = "#main";
});
