// The circle of a person, as the server draws it: the last character of a Chinese name or two initials, in the name's own hue.
import { make } from "./dom";

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff01-\uff60]/;

function hue(name: string): number {
  let sum = -1;
  for (const byte of new TextEncoder().encode(name)) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (~sum >>> 0) % 8;
}

/** The avatar of a name. */
export function avatar(name: string): HTMLElement {
  const words = name.trim().split(/\s+/);
  const last = words.at(-1) ?? "";
  const letters = WIDE.test(name) ? ([...last].at(-1) ?? "") : `${words[0]?.[0] ?? "?"}${words.length > 1 ? (last[0] ?? "") : ""}`.toUpperCase();
  return make("span", { class: `av s hue-${hue(name)}`, "aria-hidden": "true" }, letters);
}
