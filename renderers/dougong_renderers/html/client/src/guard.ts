// Forms: sent once only, not left by mistake, saved with Ctrl S, and their problems taken to the field.
import { each, say, toast } from "./dom";

const changed = new WeakSet<HTMLFormElement>();
const sent = new WeakSet<HTMLFormElement>();

/** Whether a form holds what was not saved. */
function isUnsaved(form: HTMLFormElement): boolean {
  return changed.has(form) && !sent.has(form);
}

each("form[data-form]", (element) => {
  const form = element as HTMLFormElement;
  const mark = (): void => {
    changed.add(form);
    const note = form.querySelector<HTMLElement>("[data-draft]");
    if (note) note.textContent = say("unsaved");
  };
  form.addEventListener("input", mark);
  form.addEventListener("dg:changed", mark);
});

window.addEventListener("beforeunload", (event) => {
  const unsaved = [...document.querySelectorAll<HTMLFormElement>("form[data-form]")].some(isUnsaved);
  if (unsaved) event.preventDefault();
});

/** Whether the dialog of a button asks for words that are missing; the other dialogs of the form do not matter. */
function lacksOpinion(button: HTMLElement | null): boolean {
  const words = button?.closest(".dg-confirm")?.querySelector<HTMLTextAreaElement>("textarea[data-needed]");
  if (!words || words.value.trim()) return false;
  words.setCustomValidity(words.placeholder);
  words.reportValidity();
  words.setCustomValidity("");
  words.focus();
  return true;
}

each("form[data-once]", (element) => {
  const form = element as HTMLFormElement;
  form.addEventListener("submit", (event) => {
    if (sent.has(form) || lacksOpinion(event.submitter)) {
      event.preventDefault();
      return;
    }
    sent.add(form);
    const button = event.submitter;
    if (button instanceof HTMLElement) {
      button.setAttribute("aria-busy", "true");
      window.setTimeout(() => button.setAttribute("aria-disabled", "true"));
    }
  });
});

// A page that comes back from the browser's cache may be sent again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-once]")) sent.delete(form);
  for (const button of document.querySelectorAll("[aria-busy]")) {
    button.removeAttribute("aria-busy");
    button.removeAttribute("aria-disabled");
  }
});

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey)) return;
  if (event.key.toLowerCase() === "s") {
    const save = document.querySelector<HTMLButtonElement>("[data-save]");
    if (!save) return;
    event.preventDefault();
    save.form?.requestSubmit(save);
  } else if (event.key === "Enter" && event.target instanceof HTMLTextAreaElement) {
    const form = event.target.form;
    if (!form || event.isComposing) return;
    event.preventDefault();
    const button = form.querySelector<HTMLButtonElement>('button:not([type="button"]):not([tabindex="-1"])');
    form.requestSubmit(button ?? null);
  }
});

each("[data-focus]", (element) => element.focus());

// A problem's link takes the focus to the input, or to what is built in its place.
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href^="#f-"]') : null;
  if (!link) return;
  const id = decodeURIComponent(link.hash.slice(1));
  const target = document.getElementById(id);
  const built = target?.closest<HTMLElement>("[data-one-of][hidden]");
  const joined = built ? [...(built.parentElement?.children ?? [])].filter((each) => each.matches(".one-of") && each.compareDocumentPosition(built) & Node.DOCUMENT_POSITION_FOLLOWING).at(-1) : null;
  const inner = joined || target?.matches("select[hidden]") ? (joined ?? target?.closest(".dg-pick"))?.querySelector<HTMLElement>("input[role='combobox']") : target;
  if (!inner) return;
  event.preventDefault();
  inner.scrollIntoView({ block: "center" });
  inner.focus();
});

document.body.addEventListener("htmx:responseError", () => toast(say("failed"), true));
document.body.addEventListener("htmx:sendError", () => toast(say("offline"), true));
