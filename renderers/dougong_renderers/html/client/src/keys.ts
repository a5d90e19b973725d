// Single keys that press what is marked with data-key; dead while typing or composing.
import { isTyping } from "./dom";

document.addEventListener("keydown", (event) => {
  if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (document.querySelector("dialog[open], :popover-open")) return;
  const key = event.key.toUpperCase();
  if (key.length !== 1) return;
  if (key === "J" || key === "K") {
    if (document.querySelector("tr[data-row], li[data-task]")) return;
  }
  const target = key === "C" ? document.querySelector<HTMLElement>(".act-new") : document.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (target instanceof HTMLInputElement) target.focus();
  else target.click();
});
