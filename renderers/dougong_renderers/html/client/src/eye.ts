// A password that can be looked at while it is typed.
import { icon, make } from "./dom";

/** Put the eye beside the input. */
export function setUp(element: HTMLElement): void {
  const input = element.querySelector("input") as HTMLInputElement;
  const button = make("button", { type: "button", class: "bare", "aria-label": element.dataset.eye ?? "", "aria-pressed": "false" }, icon("eye"));
  button.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    button.replaceChildren(icon(shown ? "eye-off" : "eye"));
  });
  element.append(button);
}
