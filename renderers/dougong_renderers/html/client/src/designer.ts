// The designer: fields are dragged from the palette and between sections; every drop is sent as the plain form would send it.
import Sortable from "sortablejs";

const root = document.querySelector<HTMLElement>("[data-designer]");

/** Send an operation as a form, so that the page that comes back is the truth. */
function send(values: Readonly<Record<string, string>>): void {
  if (!root) return;
  const form = document.createElement("form");
  form.method = "post";
  form.action = root.dataset.designer ?? "";
  for (const [name, value] of Object.entries({ csrf_token: root.dataset.csrf ?? "", ...values })) {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = name;
    input.value = value;
    form.append(input);
  }
  document.body.append(form);
  sessionStorage.setItem("dg-designer-scroll", String(root.querySelector(".cv")?.scrollTop ?? 0));
  form.submit();
}

if (root) {
  const canvas = root.querySelector<HTMLElement>(".cv");
  const kept = sessionStorage.getItem("dg-designer-scroll");
  if (canvas && kept) canvas.scrollTop = Number(kept);
  sessionStorage.removeItem("dg-designer-scroll");
  const animation = window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120;

  for (const list of root.querySelectorAll<HTMLElement>("[data-palette-types]")) {
    Sortable.create(list, { group: { name: "fields", pull: "clone", put: false }, sort: false, draggable: "[data-type]", animation, delay: 150, delayOnTouchOnly: true, ghostClass: "dropping" });
  }
  for (const list of root.querySelectorAll<HTMLElement>("[data-fields]")) {
    Sortable.create(list, {
      group: "fields", draggable: "[data-field], [data-type]", filter: ".df-acts", preventOnFilter: false, animation, delay: 150, delayOnTouchOnly: true, ghostClass: "ghost", dragClass: "flying",
      onAdd: (event) => {
        const type = event.item.dataset.type;
        if (type) send({ operation: "add_field", type, section: event.to.dataset.fields ?? "", position: String(event.newDraggableIndex ?? 0) });
      },
      onEnd: (event) => {
        const field = event.item.dataset.field;
        if (!field || (event.to === event.from && event.oldDraggableIndex === event.newDraggableIndex)) return;
        send({ operation: "move_field", field, section: event.to.dataset.fields ?? "", position: String(event.newDraggableIndex ?? 0) });
      },
    });
  }

  document.addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement;
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || target.matches("input, textarea, select")) return;
    const button = document.querySelector<HTMLButtonElement>(`button[name="operation"][value="${event.shiftKey ? "redo" : "undo"}"]:not([disabled])`);
    event.preventDefault();
    button?.click();
  });
}
