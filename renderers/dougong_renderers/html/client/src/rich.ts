// The editor of rich text: an editable region over the text area, which keeps the markup. The server sanitises what comes.
const HEADING = "h2";

/** Put the editor over the text area of a field. */
export function setUp(root: HTMLElement): void {
  const kept = root.querySelector("textarea") as HTMLTextAreaElement;
  const tools = root.querySelector<HTMLElement>(".tools");
  const address = root.querySelector<HTMLElement>(".address");
  if (!tools || !address) return;
  const label = kept.getAttribute("aria-label") ?? document.querySelector(`label[for="${CSS.escape(kept.id)}"]`)?.firstChild?.textContent?.trim() ?? "";
  const page = document.createElement("div");
  page.className = "rich page";
  page.contentEditable = "true";
  page.id = `${kept.id}-box`;
  for (const [name, value] of [["role", "textbox"], ["aria-multiline", "true"], ["aria-label", label]] as const) page.setAttribute(name, value);
  for (const name of ["aria-describedby", "aria-invalid", "aria-required"]) {
    const value = kept.getAttribute(name);
    if (value) page.setAttribute(name, value);
  }
  page.innerHTML = kept.value; // the server has sanitised what it sends, and no script runs by this page's policy
  kept.hidden = true;
  kept.after(page);
  tools.hidden = false;
  for (const each of document.querySelectorAll<HTMLLabelElement>(`label[for="${CSS.escape(kept.id)}"]`)) each.addEventListener("click", () => page.focus());
  document.execCommand("defaultParagraphSeparator", false, "p");
  const buttons = [...tools.querySelectorAll<HTMLButtonElement>("[data-command]")];
  const entry = address.querySelector("input") as HTMLInputElement;
  let selected: Range | null = null;

  function keep(): void {
    kept.value = page.textContent?.trim() || page.querySelector("hr") ? page.innerHTML : "";
    root.dispatchEvent(new CustomEvent("dg:changed", { bubbles: true }));
  }

  function remember(): void {
    const range = getSelection()?.rangeCount ? getSelection()?.getRangeAt(0) : null;
    if (range && page.contains(range.commonAncestorContainer)) selected = range.cloneRange();
  }

  function restore(): void {
    page.focus();
    const selection = getSelection();
    if (!selected || !selection) return;
    selection.removeAllRanges();
    selection.addRange(selected);
  }

  function inside(name: string): boolean {
    const node = getSelection()?.anchorNode;
    const element = node instanceof Element ? node : node?.parentElement;
    return Boolean(element && page.contains(element) && element.closest(name));
  }

  function run(command: string): void {
    restore();
    if (command === HEADING || command === "blockquote") document.execCommand("formatBlock", false, inside(command) ? "p" : command);
    else if (command === "removeFormat") {
      document.execCommand("removeFormat");
      document.execCommand("unlink");
      document.execCommand("formatBlock", false, "p");
    } else if (command === "createLink") {
      if (inside("a")) document.execCommand("unlink");
      else if (address) {
        address.hidden = false;
        entry.focus();
        return;
      }
    } else document.execCommand(command);
    keep();
    mark();
  }

  function link(): void {
    const target = entry.value.trim();
    entry.value = "";
    if (address) address.hidden = true;
    restore();
    if (!/^(https?:\/\/|mailto:|tel:)/i.test(target)) return;
    if (getSelection()?.isCollapsed) document.execCommand("insertText", false, target);
    if (getSelection()?.isCollapsed) {
      const range = getSelection()?.getRangeAt(0);
      if (range?.startContainer instanceof Text) range.setStart(range.startContainer, Math.max(0, range.startOffset - target.length));
    }
    document.execCommand("createLink", false, target);
    keep();
  }

  /** Show which formats hold where the cursor stands. */
  function mark(): void {
    for (const button of buttons) {
      const command = button.dataset.command ?? "";
      const on = command === HEADING || command === "blockquote" ? inside(command) : command === "createLink" ? inside("a") : command !== "removeFormat" && document.queryCommandState(command);
      button.setAttribute("aria-pressed", String(on));
    }
  }

  page.addEventListener("input", keep);
  page.addEventListener("blur", remember);
  page.addEventListener("keyup", mark);
  page.addEventListener("mouseup", mark);
  page.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain");
    if (text === undefined) return;
    event.preventDefault();
    document.execCommand("insertText", false, text);
  });
  page.addEventListener("drop", (event) => event.preventDefault());
  tools.addEventListener("mousedown", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-command]")) event.preventDefault();
  });
  tools.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-command]") : null;
    remember();
    if (button) run(button.dataset.command ?? "");
  });
  tools.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    if (at < 0 || (event.key !== "ArrowRight" && event.key !== "ArrowLeft")) return;
    event.preventDefault();
    const next = buttons[(at + (event.key === "ArrowRight" ? 1 : buttons.length - 1)) % buttons.length];
    buttons.forEach((button) => button.setAttribute("tabindex", button === next ? "0" : "-1"));
    next?.focus();
  });
  address.querySelector("button")?.addEventListener("click", link);
  entry.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      link();
    } else if (event.key === "Escape") {
      address.hidden = true;
      restore();
    }
  });
}
