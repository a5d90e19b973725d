// The editor of a rule: says in words what the rule would be, shows what is wrong at its place, and turns conditions into an expression
// and back. The server judges; without this script the form is sent as it is.
import { debounce, each, guarded, icon, make, refresh } from "./dom";
import { Conditions, type TakenRow } from "./conditions";

interface Finding {
  readonly at: string;
  readonly text: string;
  readonly hint: string;
}

interface Answer {
  readonly said: string;
  readonly expression: string;
  readonly problems: readonly Finding[];
  readonly taken?: { readonly mode: string; readonly reason: string; readonly rows: readonly TakenRow[] };
}

const WAIT = 250;

each("[data-rule-check]", (element) => {
  const form = element as HTMLFormElement;
  const said = form.querySelector<HTMLElement>("[data-said]");
  const whole = form.querySelector<HTMLElement>("[data-conditions]");
  let asked = 0;
  let mode = "";
  const touched = new Set<string>();

  async function ask(more: Readonly<Record<string, string>> = {}): Promise<Answer | null> {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
    for (const [name, value] of Object.entries(more)) body.set(name, value);
    try {
      const answer = await fetch(form.dataset.ruleCheck ?? "", { method: "POST", body, headers: guarded() });
      if (!answer.ok) return null;
      return (await answer.json()) as Answer;
    } catch {
      return null; // what is wrong is then said on saving
    }
  }

  async function look(): Promise<void> {
    const mine = ++asked;
    const answer = await ask();
    if (!answer || mine !== asked) return;
    if (said) said.textContent = answer.said;
    tell(answer.problems);
    for (const details of form.querySelectorAll<HTMLDetailsElement>("details[data-action]")) {
      const used = [...details.querySelectorAll<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>("input, select, textarea")].some(isUsed);
      details.classList.toggle("used", used);
    }
  }

  const soon = debounce(WAIT, () => void look());

  /** What is wrong stands at its place, but only where somebody has been. */
  function tell(problems: readonly Finding[]): void {
    for (const place of form.querySelectorAll<HTMLElement>("[data-at]")) {
      const at = place.dataset.at ?? "";
      const found = problems.find((problem) => problem.at === at || (at !== "" && problem.at.startsWith(`${at}/`)));
      const isShown = found !== undefined && (touched.has(at) || !place.hidden);
      place.hidden = !isShown;
      place.replaceChildren(...(isShown ? [icon("alert-circle"), make("span", {}, found.text + (found.hint ? ` · ${found.hint}` : ""))] : []));
    }
  }

  const conditions = whole ? new Conditions(whole, soon) : null;
  mode = conditions?.mode ?? "";

  async function switched(): Promise<void> {
    if (!conditions) return;
    const wanted = conditions.mode;
    const before = mode;
    mode = wanted;
    const reason = whole?.querySelector<HTMLElement>("[data-reason]");
    if (reason) reason.hidden = true;
    if (wanted === "expression" && before !== "expression") {
      const answer = await ask({ "when-mode": before });
      if (answer?.expression) {
        conditions.expression.value = answer.expression;
        conditions.expression.dispatchEvent(new Event("input", { bubbles: true }));
      }
    } else if (before === "expression" && wanted !== "always" && conditions.expression.value.trim()) {
      const answer = await ask({ "when-mode": "expression", take: "1" });
      const taken = answer?.taken;
      if (taken && taken.mode !== "expression") {
        conditions.take(taken.rows);
        conditions.mode = taken.rows.length > 1 ? taken.mode : wanted;
      } else {
        conditions.mode = "expression";
      }
      if (reason && taken?.mode === "expression") {
        reason.replaceChildren(icon("info-circle"), make("span", {}, taken.reason || (answer?.problems[0]?.text ?? "")));
        reason.hidden = false;
      }
      mode = conditions.mode;
    }
    await look();
  }

  form.addEventListener("change", (event) => {
    const target = event.target as HTMLElement;
    if (target.matches(".cb-modes input")) void switched();
    else soon();
  });
  form.addEventListener("input", soon);
  form.addEventListener("focusout", (event) => {
    const target = event.target as HTMLElement;
    const place = target.closest(".cb-row, .rl-set, .rl-do, [data-conditions]")?.querySelector<HTMLElement>("[data-at]");
    if (place?.dataset.at !== undefined) touched.add(place.dataset.at);
    soon();
  });
  setUpValues(form);
  void look();
});

/** Whether an input holds something. */
function isUsed(input: HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement): boolean {
  return input instanceof HTMLInputElement && input.type === "checkbox" ? input.checked : input.value !== "";
}

/** A further row for values as soon as the last one is used. */
function setUpValues(form: HTMLFormElement): void {
  const rows = (): HTMLElement[] => [...form.querySelectorAll<HTMLElement>("[data-value-row]")];
  const pattern = form.querySelector<HTMLTemplateElement>("[data-value-template]");
  form.addEventListener("change", (event) => {
    const target = event.target as HTMLElement;
    const row = target.closest<HTMLElement>("[data-value-row]");
    if (!row || !(target instanceof HTMLSelectElement)) return;
    const editor = row.querySelector<HTMLElement>("[data-expression]");
    if (editor) editor.dataset.field = target.value;
    if (row !== rows().at(-1) || !target.value || !pattern) return;
    const number = String(rows().length);
    const added = (pattern.content.firstElementChild as HTMLElement).cloneNode(true) as HTMLElement;
    for (const element of [added, ...added.querySelectorAll("*")]) {
      for (const attribute of element.attributes) attribute.value = attribute.value.replace("__n__", number);
    }
    row.after(added);
    refresh(added);
  });
}
