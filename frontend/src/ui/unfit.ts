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

/** Focus a field, and open the folds that hide it. */
export function goTo(id: string): void {
  const element = document.getElementById(id);
  for (let fold = element?.closest('details'); fold; fold = fold.parentElement?.closest('details')) fold.open = true;
  element?.focus();
}
