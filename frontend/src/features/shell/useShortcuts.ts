import { useEffect } from 'react';
import { isChord, types } from '../../actions/chord';
import { TEXT_FIELD } from '../../ui/textFields';
import { allActions } from './allActions';
import { hasOwnUndo } from './useOwnUndo';

const WRITING = `${TEXT_FIELD}, select, [role=menu], [role=listbox], [role=combobox], dialog`; // letters mean something

const isWriting = (target: EventTarget | null) => target instanceof Element && target.closest(WRITING) !== null;

const OF_DOCUMENT = ['edit.undo', 'edit.redo'];

/** True if an action is for what lies behind: a dialog is open over the document, or what was typed in the gallery, the
 * queue or the administration is to be undone. */
function isBehind(id: string, target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest('dialog[open]')) return !id.startsWith('show.');
  return OF_DOCUMENT.includes(id) && hasOwnUndo(target);
}

/** The keys that work wherever the focus is. A key that could be meant as text does nothing in a text field. */
export function useShortcuts(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.isComposing || event.defaultPrevented) return;
      const writing = isWriting(event.target);
      const pressed = (chord: string) => isChord(chord, event) && !(writing && types(chord));
      const found = allActions().find(({ keys, enabled }) => keys?.some(pressed) && (enabled?.() ?? true));
      if (!found || isBehind(found.id, event.target)) return;
      event.preventDefault();
      if (!(event.repeat && found.once)) found.run();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
