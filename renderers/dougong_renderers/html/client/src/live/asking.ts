// What only the server knows while a form is open: values of other records, what chosen records fill in, what no longer fits. It is
// asked a moment after the last change, and never in the way of a key; the last answer wins.
import { guarded } from "../dom";
import type { Written } from "../expressions/engine";
import type { AskPlan, Question } from "./plan";
import { split } from "./plan";

/** What stands in an input: its text, or what is chosen. */
export interface Entry {
  readonly text?: string;
  readonly chosen?: readonly { readonly id: string; readonly label: string }[];
}

/** By the names of inputs; `unfit` are the records that may not be chosen any more. */
export interface Answer {
  readonly values: Readonly<Record<string, Written>>;
  readonly inputs: Readonly<Record<string, Entry>>;
  readonly unfit: Readonly<Record<string, readonly string[]>>;
}

/** The form that asks. */
export interface Asker {
  readonly element: HTMLFormElement;
  /** The names of the inputs of a field into which nobody has written: of a new record, or of new rows. */
  unwritten(name: string): readonly string[];
  /** Take an answer, but for inputs that were `typed` into meanwhile; those of `renewed` follow their default, others were filled. */
  receive(answer: Answer, renewed: ReadonlySet<string>, typed: ReadonlySet<string>): void;
  /** There is no answer: the values of these fields are known only after saving. */
  lose(names: readonly string[]): void;
}

/** A picker that asks with what the form holds. */
interface NarrowedBox extends HTMLElement {
  narrow?: () => RequestInit;
}

const PAUSE = 300;

export class Asking {
  /** Links that were chosen and have not filled yet, by the names of their inputs. */
  readonly #chosen = new Set<string>();
  /** Fields whose default may be another one by now. */
  readonly #renewed = new Set<string>();
  /** Computed fields whose value is another one by now. */
  readonly #due = new Set<string>();
  readonly #fills: ReadonlySet<string>;
  #typed = new Set<string>();
  #timer = 0;
  #under: AbortController | null = null;

  constructor(private readonly asker: Asker, private readonly plan: AskPlan) {
    this.#fills = new Set(plan.fills);
    asker.element.addEventListener("focusin", (event) => this.#narrow(event.target));
  }

  /** Somebody wrote into the input of a field. */
  typed(name: string, input: string): void {
    this.#typed.add(input);
    if (!this.#fills.has(name)) return;
    this.#chosen.add(input);
    this.#schedule();
  }

  /** Fields have another value. */
  follow(changed: ReadonlySet<string>): void {
    const isTouched = (question: Question): boolean => question.reads.some((name) => changed.has(name));
    for (const each of this.plan.computed) if (isTouched(each)) this.#due.add(each.name);
    for (const each of this.plan.defaults) if (isTouched(each)) this.#renewed.add(each.name);
    if (this.#due.size || this.#renewed.size || this.plan.limits.some(isTouched)) this.#schedule();
  }

  #schedule(): void {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#ask(), this.#chosen.size ? 0 : PAUSE);
  }

  async #ask(): Promise<void> {
    this.#under?.abort();
    const mine = (this.#under = new AbortController());
    const chosen = [...this.#chosen];
    const renewed = [...this.#renewed].flatMap((name) => this.asker.unwritten(name));
    const due = [...this.#due];
    this.#typed = new Set();
    const body = entered(this.asker.element, () => true);
    for (const name of chosen) body.append("dg_chosen", name);
    for (const name of renewed) body.append("dg_renewed", name);
    try {
      const answer = await fetch(this.plan.href, { method: "POST", body, headers: guarded(), signal: mine.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const found = (await answer.json()) as Answer;
      if (mine !== this.#under) return;
      for (const name of chosen) this.#chosen.delete(name);
      this.#renewed.clear();
      this.#due.clear();
      this.asker.receive(found, new Set(renewed), this.#typed);
    } catch {
      if (mine === this.#under) this.asker.lose(due); // what was chosen fills with the next answer, else on saving
    }
  }

  /** Let the picker of a link that may not hold every record ask with what the form holds. */
  #narrow(target: EventTarget | null): void {
    const box = target instanceof Element ? target.closest<NarrowedBox>("[data-pick]") : null;
    if (!box || box.narrow) return;
    const line = box.closest<HTMLElement>("tr[data-line]");
    const table = line?.closest<HTMLElement>("[data-rows]")?.dataset.rows ?? "";
    const field = box.closest<HTMLElement>("td[data-column]")?.dataset.column ?? box.closest<HTMLElement>("[data-field]")?.dataset.field ?? "";
    const limit = this.plan.limits.find((each) => each.name === (table ? `${table}/${field}` : field));
    if (limit) box.narrow = () => ({ method: "POST", body: this.#governing(limit, table, line?.dataset.line ?? ""), headers: guarded() });
  }

  /** What a limit reads, as the form holds it, with the row in which one chooses. */
  #governing(limit: Question, table: string, row: string): FormData {
    const own = `${table}-${row}-`;
    const names = new Set(limit.reads.map((name) => (name.startsWith(`${table}/`) ? "" : (split(name)[0] || name))));
    const body = entered(this.asker.element, (input) => (table !== "" && (input.startsWith(own) || input === `${table}-sent`)) || names.has(input) || names.has(input.split("-")[0] ?? ""));
    body.append("dg_record", this.plan.record);
    body.append("dg_row", row);
    return body;
  }
}

/** What a form would send, without files. */
function entered(form: HTMLFormElement, isWanted: (name: string) => boolean): FormData {
  const found = new FormData();
  for (const [name, value] of new FormData(form)) if (typeof value === "string" && isWanted(name)) found.append(name, value);
  return found;
}
