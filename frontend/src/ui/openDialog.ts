import { create } from 'zustand';

/** The modal dialogs that are open, the topmost last. */
export const useOpenDialog = create<{ dialogs: readonly HTMLElement[] }>(() => ({ dialogs: [] }));

/** Note that a dialog is open. Returns what notes that it is closed. */
export function noteOpen(dialog: HTMLElement): () => void {
  useOpenDialog.setState(({ dialogs }) => ({ dialogs: [...dialogs, dialog] }));
  return () => useOpenDialog.setState(({ dialogs }) => ({ dialogs: dialogs.filter((one) => one !== dialog) }));
}
