// What every page loads: htmx and the islands that are small; what few pages have comes when it is there.
import "htmx.org";
import "./menus";
import "./preferences";
import "./palette";
import "./selection";
import "./keys";
import "./pick";
import "./rows";
import "./inputs";
import "./guard";
import { each, say, toast } from "./dom";

document.documentElement.classList.add("scripted");

const parts: Readonly<Record<string, () => Promise<{ setUp: (element: HTMLElement) => void }>>> = {
  "[data-one-of]": () => import("./alternatives"),
  "[data-board]": () => import("./board"),
  "[data-rich]": () => import("./rich"),
  "[data-sign]": () => import("./sign"),
  "[data-tags]": () => import("./tags"),
  "[data-address]": () => import("./address"),
  "[data-colour]": () => import("./colour"),
  "[data-eye]": () => import("./eye"),
  "[data-scan]": () => import("./scan"),
  "[data-passkey]": () => import("./passkey"),
};
for (const [selector, load] of Object.entries(parts)) {
  each(selector, (element) => void load().then(({ setUp }) => setUp(element)).catch(() => toast(say("offline"), true)));
}
