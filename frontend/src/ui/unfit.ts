import { create } from 'zustand';

/** A field whose text is not a value that it can take. */
interface Unfit {
  /** Of the input element. */
  id: string;
  label: string;
  says: string;
}

/** The fields that have to be put right before anything is generated: the document still holds their last values. */
export const useUnfit = create<{ fields: readonly Unfit[] }>(() => ({ fields: [] }));

/** Say what is wrong with a field; null for nothing. */
export function setUnfit(id: string, label: string, says: string | null): void {
  const { fields } = useUnfit.getState();
  const held = fields.find((one) => one.id === id);
  if (held?.says === says || (!held && says === null)) return;
  const others = fields.filter((one) => one.id !== id);
  useUnfit.setState({ fields: says === null ? others : [...others, { id, label, says }] });
}

/** Go to a field, also where it is folded away. */
export function goTo(id: string): void {
  const element = document.getElementById(id);
  for (let fold = element?.closest('details'); fold; fold = fold.parentElement?.closest('details')) fold.open = true;
  element?.focus();
}
