// Small helps at single inputs: dates with the system's calendar, filters, files.
import { announce, each, guarded, icon, make, say, toast } from "./dom";

// A date is typed as 2026-12-05 in every language; the calendar is the system's own. On touch the whole input is the system's.
each("input[data-date]", (element) => {
  const input = element as HTMLInputElement;
  const kind = input.dataset.date === "datetime" ? "datetime-local" : (input.dataset.date ?? "date");
  if (window.matchMedia("(pointer: coarse)").matches) {
    const value = input.value.trim().replace(" ", "T");
    input.type = kind;
    input.value = value;
    return;
  }
  const hidden = make("input", { type: kind, class: "date-source", tabindex: "-1", "aria-hidden": "true", step: input.getAttribute("step") ?? "" });
  const button = make("button", { type: "button", class: "bare date-open", tabindex: "-1", "aria-label": input.dataset.open ?? "" }, icon(kind === "date" ? "calendar" : "clock"));
  input.after(hidden, button);
  button.addEventListener("click", () => {
    hidden.value = input.value.trim().replace(" ", "T");
    hidden.showPicker();
  });
  hidden.addEventListener("change", () => {
    input.value = hidden.value.replace("T", " ");
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  });
});

// A masked value is asked for, shown in its place, and the question goes.
each("form[data-reveal]", (element) => {
  const form = element as HTMLFormElement;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void (async () => {
      try {
        const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: guarded() });
        if (!answer.ok) throw new Error(say("failed"));
        const { value } = (await answer.json()) as { value: string };
        const cell = form.parentElement;
        form.remove();
        cell?.replaceChildren(make("span", { class: "revealed" }, value));
        announce(value);
      } catch (problem) {
        toast(problem instanceof Error && problem.message ? problem.message : say("offline"), true);
      }
    })();
  });
});

// The filter builder offers what suits the chosen field.
each("form[data-filter]", (form) => {
  const field = form.querySelector<HTMLSelectElement>('[name="add_field"]');
  const operator = form.querySelector<HTMLSelectElement>('[name="add_operator"]');
  if (!field || !operator) return;
  const update = (): void => {
    const chosen = field.selectedOptions[0];
    const value = form.querySelector<HTMLElement>('[name="add_value"]');
    if (!chosen || !value) return;
    const pairs = (text: string | undefined): [string, string][] => JSON.parse(text ?? "[]") as [string, string][];
    operator.replaceChildren(...pairs(chosen.dataset.operators).map(([id, label]) => new Option(label, id)));
    const options = pairs(chosen.dataset.options);
    const label = value.getAttribute("aria-label") ?? "";
    const replacement = options.length
      ? make("select", { class: "form-select", name: "add_value", "aria-label": label })
      : make("input", { class: "form-control", name: "add_value", autocomplete: "off", type: chosen.dataset.widget === "date" ? "date" : "text" });
    if (replacement instanceof HTMLSelectElement) replacement.replaceChildren(...options.map(([id, text]) => new Option(text, id)));
    if (chosen.dataset.widget === "number") replacement.setAttribute("inputmode", "decimal");
    value.replaceWith(replacement);
  };
  field.addEventListener("change", update);
  update();
});

// Files are sent as soon as they are chosen, where the server offers that; else they go with the form.
each("[data-files]", (element) => {
  const input = element.querySelector<HTMLInputElement>('input[type="file"]');
  const list = element.querySelector("ul");
  const address = element.dataset.upload;
  const drop = element.querySelector<HTMLElement>(".drop-file");
  if (!input || !list) return;
  const show = (name: string, note: string): HTMLLIElement => {
    const line = make("li", { class: "file" }, icon("file"), make("span", { class: "el" }, name), make("span", { class: "sp" }), make("span", { class: "dim t12" }, note));
    list.append(line);
    return line;
  };
  const send = async (file: File): Promise<void> => {
    const line = show(file.name, say("loading"));
    line.classList.add("is-loading");
    const body = new FormData();
    body.append("file", file);
    try {
      const answer = await fetch(address ?? "", { method: "POST", body, headers: guarded() });
      if (!answer.ok) throw new Error(answer.status === 413 ? say("tooLarge") : say("failed"));
      const stored = (await answer.json()) as { id: string; name: string; size: number };
      line.classList.remove("is-loading");
      if (element.dataset.pictures !== undefined) line.firstElementChild?.replaceWith(make("img", { src: `/files/${stored.id}/small`, alt: "" }));
      line.lastElementChild?.replaceChildren(`${Math.max(1, Math.round(stored.size / 1024))} KB`);
      const remove = make("button", { type: "button", class: "bare x", "aria-label": say("removeValue", { name: stored.name }) }, icon("x"));
      remove.addEventListener("click", () => line.remove());
      line.append(make("input", { type: "hidden", name: element.dataset.name ?? "", value: stored.id }), remove);
      element.dispatchEvent(new CustomEvent("dg:changed", { bubbles: true }));
    } catch (problem) {
      line.remove();
      toast(problem instanceof Error && problem.message ? problem.message : say("offline"), true);
    }
  };
  input.addEventListener("change", () => {
    const files = [...(input.files ?? [])];
    if (!address) {
      for (const line of list.querySelectorAll(".waiting")) line.remove();
      for (const file of files) show(file.name, "").classList.add("waiting");
      return;
    }
    input.value = "";
    void (async () => {
      for (const file of files) await send(file);
    })();
  });
  drop?.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  drop?.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop?.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (event.dataTransfer) input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change"));
  });
});

each(".drop-zone, .chooser-box", (zone) => {
  const input = zone.querySelector<HTMLInputElement>('input[type="file"]');
  const name = zone.querySelector<HTMLElement>("[data-file-name]");
  input?.addEventListener("change", () => {
    const file = input.files?.[0];
    if (name && file) name.textContent = file.name;
  });
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    if (!input || !event.dataTransfer) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change"));
  });
});

each("[data-tick-all]", (element) => {
  const all = element as HTMLInputElement;
  const group = all.closest("fieldset");
  const boxes = [...(group?.querySelectorAll<HTMLInputElement>("input[type='checkbox']") ?? [])].filter((box) => box !== all);
  group?.addEventListener("change", ({ target }) => {
    if (target === all) for (const box of boxes) box.checked = all.checked;
    all.checked = boxes.every((box) => box.checked);
    all.indeterminate = !all.checked && boxes.some((box) => box.checked);
  });
});

// The tab of the part one is looking at.
each("[data-anchors]", (nav) => {
  nav.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link) return;
    for (const other of nav.querySelectorAll("a")) other.classList.toggle("on", other === link);
  });
});

// The box for another answer stands beside its select while that says "other"; what is hidden is not sent.
each("[data-other-for]", (element) => {
  const box = element as HTMLInputElement;
  const select = document.getElementById(box.dataset.otherFor ?? "");
  if (!(select instanceof HTMLSelectElement)) return;
  const follow = (event?: Event): void => {
    const wanted = "other" in (select.selectedOptions[0]?.dataset ?? {});
    box.hidden = box.disabled = !wanted;
    if (wanted && event?.type === "change") box.focus();
  };
  select.addEventListener("change", follow);
  select.addEventListener("input", follow);
  follow();
});
