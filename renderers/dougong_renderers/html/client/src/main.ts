// What every page loads: htmx and the islands that are small; boards, rich text and signatures bring their own parts.
import "htmx.org";
import "./menus";
import "./preferences";
import "./palette";
import "./selection";
import "./keys";
import "./pick";
import "./alternatives";
import "./rows";
import "./inputs";
import "./address";
import "./tags";
import "./scan";
import "./guard";
import { each, say, toast } from "./dom";

document.documentElement.classList.add("scripted");

each("[data-board]", (board) => {
  void import("./board").then(({ setUp }) => setUp(board)).catch(() => toast(say("offline"), true));
});
each("[data-rich]", (field) => {
  void import("./rich").then(({ setUp }) => setUp(field)).catch(() => toast(say("offline"), true));
});
each("[data-sign]", (field) => {
  void import("./sign").then(({ setUp }) => setUp(field)).catch(() => toast(say("offline"), true));
});
