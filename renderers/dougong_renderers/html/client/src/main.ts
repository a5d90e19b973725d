// What every page loads: htmx and the islands that are small; a board brings its own part.
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
import "./sign";
import "./tags";
import "./rich";
import "./guard";
import { each, say, toast } from "./dom";

document.documentElement.classList.add("scripted");

each("[data-board]", (board) => {
  void import("./board").then(({ setUp }) => setUp(board)).catch(() => toast(say("offline"), true));
});
