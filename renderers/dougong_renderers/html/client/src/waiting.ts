// Rows of a long table that wait as text in a noscript: drawn in portions as one comes near, and sent with the form all the same.
import { each, refresh } from "./dom";

const PORTION = 50;
const texts = new WeakMap<Element, string[]>();
const near = new IntersectionObserver((entries) => {
  for (const entry of entries) if (entry.isIntersecting) draw(entry.target);
}, { rootMargin: "600px", scrollMargin: "600px" });

function parsed(rows: readonly string[]): HTMLTemplateElement {
  const holder = document.createElement("template");
  holder.innerHTML = `<table><tbody>${rows.join("")}`;
  for (const part of holder.content.querySelectorAll("[data-unscripted]")) part.remove();
  return holder;
}

/** How many rows wait in the place that a line keeps for them. */
export function waits(gap: Element | null | undefined): number {
  return (gap && texts.get(gap)?.length) || 0;
}

/** Draw the next of the rows that wait. */
export function draw(gap: Element, count = PORTION): void {
  const rows = texts.get(gap);
  if (!rows) return;
  const lines = [...(parsed(rows.splice(0, count)).content.querySelector("tbody")?.children ?? [])];
  gap.before(...lines);
  for (const line of lines) refresh(line);
  const words = gap.querySelector("[data-left]");
  if (words) words.textContent = (words.textContent ?? "").replace(/[\d,]+/, rows.length.toLocaleString("en"));
  near.unobserve(gap);
  if (rows.length) near.observe(gap);
  else gap.remove();
}

each("[data-gap]", (gap) => {
  const holder = gap.closest(".box")?.nextElementSibling;
  const rows = (holder?.textContent ?? "").split(/(?=<tr data-line=)/).slice(1);
  texts.set(gap, rows);
  gap.hidden = false;
  gap.querySelector("button")?.addEventListener("click", () => draw(gap, rows.length));
  near.observe(gap);
  window.addEventListener("beforeprint", () => draw(gap, rows.length));
  const name = gap.dataset.gap;
  let sent: { count: number; entries: [string, FormDataEntryValue][] } | null = null;
  if (name) gap.closest("form")?.addEventListener("formdata", (event) => {
    if (sent?.count !== rows.length) {
      const rest = document.implementation.createHTMLDocument("").createElement("form");
      rest.append(parsed(rows).content);
      sent = { count: rows.length, entries: [...new FormData(rest)] };
    }
    const data = event.formData;
    const behind = [...(gap.parentElement?.querySelectorAll<HTMLElement>("[data-gap] ~ tr[data-line]") ?? [])].map((row) => `${name}-${row.dataset.line ?? ""}-`);
    const later = behind.length ? [...data].filter(([key]) => behind.some((prefix) => key.startsWith(prefix))) : [];
    for (const [key] of later) data.delete(key);
    for (const [key, value] of [...sent.entries, ...later, [`${name}-sent`, "1"] as const]) data.append(key, value);
  });
});

// A problem's link leads to a row that waits.
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href^="#f-"]') : null;
  if (!link || document.getElementById(decodeURIComponent(link.hash.slice(1)))) return;
  for (const gap of document.querySelectorAll("[data-gap]")) draw(gap, waits(gap));
}, true);
