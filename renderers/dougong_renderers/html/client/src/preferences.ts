// Theme and density change at once; the server remembers them.
import { each, guarded, say, toast } from "./dom";

each("form[data-preferences]", (element) => {
  const form = element as HTMLFormElement;
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!(button instanceof HTMLButtonElement)) return;
    event.preventDefault();
    const root = document.documentElement;
    if (button.name === "theme") root.dataset.bsTheme = button.value;
    if (button.name === "density") root.dataset.density = button.value;
    for (const other of form.querySelectorAll<HTMLButtonElement>(`button[name="${button.name}"]`)) {
      other.setAttribute("aria-pressed", String(other === button));
      other.classList.toggle("on", other === button);
    }
    document.dispatchEvent(new CustomEvent("dg:theme"));
    void fetch(form.action, { method: "POST", body: new FormData(form, button), headers: guarded() })
      .then((answer) => {
        if (!answer.ok) toast(say("failed"), true);
      })
      .catch(() => toast(say("offline"), true));
  });
});
