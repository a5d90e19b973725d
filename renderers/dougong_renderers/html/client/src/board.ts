// Cards of a board are dragged; the server decides. While dragging, the column says what it needs; a refusal stands on the card.
import Sortable from "sortablejs";
import { announce, guarded, icon, make, say, toast } from "./dom";

interface Move {
  refusal: string;
  needs: { label: string; state: string }[];
}

function movesOf(card: HTMLElement): Record<string, Move> {
  return JSON.parse(card.dataset.moves ?? "{}") as Record<string, Move>;
}

function columnOf(element: Element): HTMLElement {
  return element.closest("[data-column]") as HTMLElement;
}

function showDrop(column: HTMLElement, move: Move | undefined): void {
  const box = column.querySelector<HTMLElement>("[data-drop]");
  if (!box) return;
  const name = column.dataset.label ?? "";
  const refused = Boolean(move?.refusal);
  column.classList.toggle("forbidden", refused);
  column.classList.toggle("target", !refused);
  const needs = move?.needs ?? [];
  const title = refused ? say("dropRefused", { name }) : needs.some((need) => need.state !== "met") ? say("dropNeeds", { name }) : say("dropHere", { name });
  box.replaceChildren(make("b", {}, title));
  if (move?.refusal) box.append(make("span", { class: "ink2" }, move.refusal));
  else for (const need of needs) box.append(make("span", { class: need.state === "met" ? "ok" : "bad" }, icon(need.state === "met" ? "circle-check" : "circle"), ` ${need.label}`));
  box.hidden = false;
}

function clearDrops(board: HTMLElement): void {
  for (const column of board.querySelectorAll<HTMLElement>("[data-column]")) {
    column.classList.remove("target", "forbidden");
    const box = column.querySelector<HTMLElement>("[data-drop]");
    if (box) box.hidden = true;
  }
}

/** Why a card was not moved; `confirm` are the keys by which it is moved all the same, empty where it cannot be. */
interface Refusal {
  reason: string;
  confirm: string;
}

interface Problem {
  message: string;
  confirm?: string;
}

/** What a rule only warns of can be confirmed on the card itself. */
function refuse(card: HTMLElement, refusal: Refusal, again: () => void): void {
  card.classList.add("is-refused");
  card.classList.toggle("is-warned", refusal.confirm !== "");
  card.querySelector(".refusal")?.remove();
  const said = make("div", { class: "refusal", role: "alert" }, make("span", {}, refusal.confirm ? refusal.reason : say("refused", { reason: refusal.reason })));
  if (refusal.confirm) {
    const button = make("button", { type: "button", class: "btn" }, say("moveAnyway"));
    button.addEventListener("click", again, { once: true });
    said.append(button);
  }
  card.append(said);
}

function clear(card: HTMLElement): void {
  card.classList.remove("is-refused", "is-warned");
  card.querySelector(".refusal")?.remove();
}

async function ask(card: HTMLElement, column: HTMLElement, confirm: string): Promise<Refusal | null> {
  const body = new FormData();
  body.append("to", column.dataset.column ?? "");
  body.append("version", card.dataset.version ?? "");
  if (confirm) body.append("dg_confirm", confirm);
  try {
    const answer = await fetch(card.dataset.move ?? "", { method: "POST", body, headers: guarded() });
    if (answer.ok) {
      card.dataset.version = answer.headers.get("ETag")?.replace(/\D/g, "") || String(Number(card.dataset.version) + 1);
      return null;
    }
    const problem = (await answer.json().catch(() => ({}))) as { detail?: string; title?: string; errors?: Problem[] };
    const errors = problem.errors ?? [];
    const keys = errors.map((each) => each.confirm ?? "");
    const reason = [...new Set(errors.map((each) => each.message))].join("；") || problem.detail || problem.title || say("failed");
    return { reason, confirm: keys.every(Boolean) ? [...new Set(keys)].join(",") : "" };
  } catch {
    return { reason: say("offline"), confirm: "" };
  }
}

/** Move a card that lies in its new column already; where that is refused it goes back, and says why. */
async function move(card: HTMLElement, column: HTMLElement, back: () => void, confirm = ""): Promise<void> {
  clear(card);
  const refusal = await ask(card, column, confirm);
  if (refusal) {
    back();
    refuse(card, refusal, () => {
      column.querySelector("[data-cards]")?.prepend(card);
      void move(card, column, back, refusal.confirm);
    });
    return;
  }
  const text = say("moved", { name: column.dataset.label ?? "" });
  announce(text);
  toast(text);
}

/** Let the cards of a board be dragged. */
export function setUp(board: HTMLElement): void {
  for (const list of board.querySelectorAll<HTMLElement>("[data-cards]")) {
    Sortable.create(list, {
      group: "cards", draggable: "[data-card][data-move]", filter: "details, a:focus-visible", preventOnFilter: false, sort: false,
      animation: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120, delay: 200, delayOnTouchOnly: true, ghostClass: "ghost", dragClass: "flying",
      onMove: (event) => {
        const column = columnOf(event.to);
        clearDrops(board);
        if (event.to === event.from) return true;
        const move = movesOf(event.dragged)[column.dataset.column ?? ""];
        showDrop(column, move);
        return !move?.refusal;
      },
      onEnd: (event) => {
        clearDrops(board);
        const card = event.item;
        if (event.to === event.from) return;
        const before = event.from.children[event.oldIndex ?? 0] ?? null;
        void move(card, columnOf(event.to), () => event.from.insertBefore(card, before?.parentElement === event.from ? before : null));
      },
    });
  }
}
