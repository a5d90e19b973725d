// What a copy of a row takes along.

/** Give the inputs of a new row, which are not set up yet, what stands in those of another. */
export function carry(from: Element, to: Element): void {
  const given = [...from.querySelectorAll<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>("input[name], select[name], textarea[name]")];
  const index = (row: Element): string => (row as HTMLElement).dataset.line ?? "";
  const nameIn = (name: string): string => name.replace(`-${index(from)}-`, `-${index(to)}-`);
  for (const each of given) {
    if (each.name.endsWith("-id") || "masked" in each.dataset || (each instanceof HTMLInputElement && each.type === "file")) continue;
    const twins = [...to.querySelectorAll<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>(`[name="${CSS.escape(nameIn(each.name))}"]`)];
    if (each instanceof HTMLSelectElement) {
      const twin = twins[0] as HTMLSelectElement | undefined;
      if (!twin) continue;
      for (const option of each.selectedOptions) {
        if (![...twin.options].some((other) => other.value === option.value)) twin.add(new Option(option.text, option.value));
      }
      for (const option of twin.options) option.selected = [...each.selectedOptions].some((other) => other.value === option.value);
    } else if (each instanceof HTMLInputElement && ["checkbox", "radio"].includes(each.type)) {
      const twin = twins.find((other) => other instanceof HTMLInputElement && other.type === each.type && other.value === each.value);
      if (twin instanceof HTMLInputElement) twin.checked = each.checked;
    } else {
      const twin = twins.find((other) => other.type === each.type || other.type !== "checkbox");
      if (twin) twin.value = each.value;
    }
  }
}
