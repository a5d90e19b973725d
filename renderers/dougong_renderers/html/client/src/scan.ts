// A button beside an input that reads a bar code with the camera, where the browser can.
import { icon, make, say, toast } from "./dom";

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}

declare global {
  interface Window {
    BarcodeDetector?: new () => Detector;
  }
}

const PAUSE = 150;

/** Show what the camera sees until it sees a code, or until the person has had enough. */
async function scan(input: HTMLInputElement, Reader: new () => Detector): Promise<void> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  const video = make("video", { playsinline: "", muted: "" });
  video.muted = true;
  const close = make("button", { type: "button", class: "btn" }, icon("x"), say("close"));
  const dialog = make("dialog", { class: "dg-scan", "aria-label": say("scan") }, video, make("p", { class: "t13" }, say("scanning")), close);
  const reader = new Reader();
  dialog.addEventListener("close", () => {
    for (const track of stream.getTracks()) track.stop();
    dialog.remove();
    input.focus();
  });
  close.addEventListener("click", () => dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  video.srcObject = stream;
  await video.play();
  const look = async (): Promise<void> => {
    if (!dialog.open) return;
    const [found] = await reader.detect(video).catch(() => []);
    if (!found) {
      window.setTimeout(() => void look(), PAUSE);
      return;
    }
    input.value = found.rawValue;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    dialog.close();
  };
  await look();
}

/** Put the button beside an input, where the browser can read codes. */
export function setUp(element: HTMLElement): void {
  const input = element as HTMLInputElement;
  const Reader = window.BarcodeDetector;
  if (!Reader || !navigator.mediaDevices) return;
  const label = `${say("scan")} ${input.getAttribute("aria-label") ?? input.labels?.[0]?.firstChild?.textContent?.trim() ?? ""}`.trim();
  const button = make("button", { type: "button", class: "bare", title: label, "aria-label": label }, icon("scan"));
  const box = make("span", { class: "with-scan" });
  input.before(box);
  box.append(input, button);
  button.addEventListener("click", () => void scan(input, Reader).catch(() => toast(say("scanFailed"), true)));
}
