// Signatures: drawn on a canvas with finger, pen or mouse, or typed as a name; sent as a picture when they are taken.
import { guarded, make, say, toast } from "./dom";

const INK = "#14213d";
const HANDS = '"Kaiti SC", KaiTi, STKaiti, "Segoe Script", "Snell Roundhand", "Brush Script MT", cursive';

interface Point {
  x: number;
  y: number;
}

export function setUp(element: HTMLElement): void {
  const template = element.querySelector("template");
  const now = element.querySelector<HTMLElement>(".now");
  const form = element.closest("form");
  if (!template || !now) return;
  element.querySelector(".plain-file")?.remove();
  element.append(template.content.cloneNode(true));
  const pad = element.querySelector<HTMLElement>(".pad") as HTMLElement;
  const open = element.querySelector<HTMLButtonElement>(".open") as HTMLButtonElement;
  const canvas = element.querySelector("canvas") as HTMLCanvasElement;
  const typed = element.querySelector<HTMLInputElement>("[data-typed]") as HTMLInputElement;
  const pen = canvas.getContext("2d") as CanvasRenderingContext2D;
  let last: Point | null = null;
  let isDrawn = false;

  const clear = (): void => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    isDrawn = false;
  };
  const show = (isOpen: boolean): void => {
    pad.hidden = !isOpen;
    open.hidden = isOpen;
    clear();
    typed.value = "";
    if (isOpen) typed.focus({ preventScroll: true });
    else open.focus({ preventScroll: true });
  };
  const place = (event: PointerEvent): Point => {
    const box = canvas.getBoundingClientRect();
    return { x: ((event.clientX - box.left) * canvas.width) / box.width, y: ((event.clientY - box.top) * canvas.height) / box.height };
  };
  const draw = (to: Point, pressure: number): void => {
    pen.strokeStyle = pen.fillStyle = INK;
    pen.lineCap = pen.lineJoin = "round";
    pen.lineWidth = 4 + 4 * (pressure || 0.5);
    pen.beginPath();
    pen.moveTo(last?.x ?? to.x, last?.y ?? to.y);
    pen.lineTo(to.x, to.y);
    pen.stroke();
    last = to;
    isDrawn = true;
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    if (typed.value) {
      typed.value = "";
      clear();
    }
    last = place(event);
    draw(last, event.pressure);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (last) for (const each of event.getCoalescedEvents?.() ?? [event]) draw(place(each), each.pressure);
  });
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => (last = null));
  typed.addEventListener("input", () => {
    clear();
    const words = typed.value.trim();
    if (!words) return;
    let size = 170;
    pen.fillStyle = INK;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    do pen.font = `${size}px ${HANDS}`;
    while (pen.measureText(words).width > canvas.width - 60 && (size -= 6) > 24);
    pen.fillText(words, canvas.width / 2, canvas.height / 2);
    isDrawn = true;
  });
  typed.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      void take();
    }
  });

  async function take(): Promise<boolean> {
    if (!isDrawn) {
      typed.focus();
      return false;
    }
    const picture = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
    if (!picture) return false;
    const name = `${typed.value.trim() || element.dataset.signer || "signature"}.png`;
    const body = new FormData();
    body.append("file", picture, name);
    try {
      const answer = await fetch(element.dataset.upload ?? "", { method: "POST", body, headers: guarded() });
      if (!answer.ok) throw new Error(say("failed"));
      const stored = (await answer.json()) as { id: string; name: string };
      const remove = make("button", { type: "button", class: "bare x", "aria-label": say("removeValue", { name: stored.name }) }, "×");
      const line = make("span", { class: "file" }, make("input", { type: "hidden", name: element.dataset.name ?? "", value: stored.id }), make("img", { src: canvas.toDataURL("image/png"), alt: stored.name }), remove);
      remove.addEventListener("click", () => line.remove());
      now?.replaceChildren(line);
      show(false);
      element.dispatchEvent(new CustomEvent("dg:changed", { bubbles: true }));
      return true;
    } catch (problem) {
      toast(problem instanceof Error && problem.message ? problem.message : say("offline"), true);
      return false;
    }
  }
  open.addEventListener("click", () => show(true));
  element.querySelector(".cancel")?.addEventListener("click", () => show(false));
  element.querySelector(".clear")?.addEventListener("click", () => {
    typed.value = "";
    clear();
  });
  element.querySelector(".use")?.addEventListener("click", () => void take());
  // What was drawn and not yet taken goes with the form.
  form?.addEventListener(
    "submit",
    (event) => {
      if (pad.hidden || !isDrawn) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const button = event.submitter;
      void take().then((taken) => {
        if (taken) form.requestSubmit(button instanceof HTMLElement ? button : null);
      });
    },
    { capture: true },
  );
}
