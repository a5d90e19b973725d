// Live forms: computed values and defaults follow what one types, without a request. Loaded only where the server gave a plan.
//
// Other parts build on the record of a form: `liveOf(form)` gives its `LiveForm` (values, rows, `evaluate`, `holds`, and `onChange`,
// which calls after every change with the names of the fields that have another value). The server ships trees with
// `screens/live.py: live_plan(…, conditions)`, whose fields are then part of the record.
import { each } from "./dom";
import { LiveForm } from "./live/form";
import type { Plan } from "./live/plan";

export type { LiveForm, LiveRow, Listener } from "./live/form";
export { NotAtHand } from "./expressions/engine";
export type { Tree, Value } from "./expressions/engine";

const forms = new WeakMap<Element, LiveForm>();

/** The live record of a form that has a plan. */
export function liveOf(form: Element): LiveForm | undefined {
  return forms.get(form);
}

each("form[data-live-plan]", (form) => {
  if (form instanceof HTMLFormElement) forms.set(form, new LiveForm(form, JSON.parse(form.dataset.livePlan ?? "") as Plan));
});
