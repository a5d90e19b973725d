// Addresses in China: province, city and district are chosen one after the other; anywhere else they are typed.
type Cities = [string, string[]][];
type Provinces = [string, Cities][];

const CHINA = /^(中国|中华人民共和国|china|cn|prc)?$/i;
const LEVELS = ["province", "city", "district"] as const;
let asked: Promise<Provinces> | null = null;

function divisions(address: string): Promise<Provinces> {
  asked ??= fetch(address, { headers: { Accept: "application/json" } }).then(async (answer) => {
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()) as Provinces;
  });
  return asked;
}

function cascade(element: HTMLElement, provinces: Provinces): void {
  const part = (name: string): HTMLInputElement | null => element.querySelector(`input[data-part="${name}"]`);
  const inputs = LEVELS.map(part);
  const country = part("country");
  if (inputs.some((input) => !input)) return;
  const selects = inputs.map((input) => {
    const select = document.createElement("select");
    select.className = (input?.className ?? "").replace("form-control", "form-select");
    select.setAttribute("aria-label", input?.getAttribute("aria-label") ?? "");
    input?.after(select);
    return select;
  });
  const below = (level: number): string[] => {
    const province = provinces.find(([name]) => name === inputs[0]?.value);
    if (level === 0) return provinces.map(([name]) => name);
    if (level === 1) return province?.[1].map(([name]) => name) ?? [];
    return province?.[1].find(([name]) => name === inputs[1]?.value)?.[1] ?? [];
  };
  const fill = (level: number): void => {
    const names = below(level);
    const input = inputs[level] as HTMLInputElement;
    const select = selects[level] as HTMLSelectElement;
    if (!names.includes(input.value)) input.value = names.length === 1 && level === 1 ? (names[0] ?? "") : "";
    select.replaceChildren(new Option(select.getAttribute("aria-label") ?? "", ""), ...names.map((name) => new Option(name, name)));
    select.value = input.value;
    select.disabled = names.length === 0;
  };
  const isKnown = (): boolean => LEVELS.every((_, level) => !inputs[level]?.value || below(level).includes(inputs[level]?.value ?? ""));
  const show = (): void => {
    const chosen = CHINA.test(country?.value.trim() ?? "") && isKnown();
    for (const input of inputs) if (input) input.hidden = chosen;
    for (const select of selects) select.hidden = !chosen;
    if (chosen) LEVELS.forEach((_, level) => fill(level));
  };
  selects.forEach((select, level) => {
    select.addEventListener("change", () => {
      const input = inputs[level] as HTMLInputElement;
      input.value = select.value;
      for (let deeper = level + 1; deeper < LEVELS.length; deeper += 1) fill(deeper);
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
  country?.addEventListener("change", show);
  show();
}

/** Offer the divisions of the country at an address. */
export function setUp(element: HTMLElement): void {
  void divisions(element.dataset.divisions ?? "")
    .then((provinces) => cascade(element, provinces))
    .catch(() => (asked = null)); // typed then, and checked by the server all the same
}
