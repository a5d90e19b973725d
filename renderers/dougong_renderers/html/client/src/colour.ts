// A colour is typed as #rrggbb; the picker is the system's own.
import { make } from "./dom";

/** Put the system's picker before the input. */
export function setUp(element: HTMLElement): void {
  const input = element.querySelector("input") as HTMLInputElement;
  const picker = make("input", { type: "color", class: "colour-source", "aria-label": element.dataset.colour ?? "" });
  const follow = (): void => {
    const known = /^#[0-9a-f]{6}$/i.test(input.value.trim());
    picker.classList.toggle("is-none", !known);
    if (known) picker.value = input.value.trim().toLowerCase();
  };
  picker.addEventListener("input", () => {
    input.value = picker.value;
    picker.classList.remove("is-none");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  input.addEventListener("input", follow);
  element.prepend(picker);
  follow();
}
