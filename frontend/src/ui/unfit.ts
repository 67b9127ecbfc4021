import { create } from 'zustand';

/** A field whose text is not an accepted value. */
interface Unfit {
  /** The id of the input element. */
  id: string;
  label: string;
  says: string;
}

/** The fields that must be corrected before anything is generated. The document still holds their last values. */
export const useUnfit = create<{ fields: readonly Unfit[] }>(() => ({ fields: [] }));

/** Set what is wrong with a field; null if nothing is. */
export function setUnfit(id: string, label: string, says: string | null): void {
  const { fields } = useUnfit.getState();
  const held = fields.find((one) => one.id === id);
  if (held?.says === says || (!held && says === null)) return;
  const others = fields.filter((one) => one.id !== id);
  useUnfit.setState({ fields: says === null ? others : [...others, { id, label, says }] });
}

/** Go to the first field in a form whose text is not accepted. True if there is one: then nothing may be sent. */
export function stopsAtUnfit(form: HTMLElement): boolean {
  const first = useUnfit.getState().fields.find(({ id }) => form.querySelector(`#${CSS.escape(id)}`));
  if (first) goTo(first.id);
  return first !== undefined;
}

/** Turn to the tab that hides an element. */
function turnTo(element: HTMLElement): void {
  const panel = element.closest<HTMLElement>('[role=tabpanel][hidden]');
  const tab = panel && document.getElementById(panel.getAttribute('aria-labelledby') ?? '');
  tab?.click();
}

/** Focus a field. The tab and the folds that hide it are opened first. */
export function goTo(id: string): void {
  const element = document.getElementById(id);
  if (!element) return;
  turnTo(element);
  for (let fold = element.closest('details'); fold; fold = fold.parentElement?.closest('details') ?? null) {
    fold.open = true;
  }
  requestAnimationFrame(() => element.focus());
}
