import { useEffect } from 'react';
import { isChord, types } from '../../actions/chord';
import { allActions } from './allActions';

const WRITING = 'input, textarea, select, [contenteditable=true], [role=menu], [role=listbox], [role=combobox], dialog';

const isWriting = (target: EventTarget | null) => target instanceof Element && target.closest(WRITING) !== null;

/** The keys that work wherever the focus is. A key that could be meant as text does nothing in a text field. */
export function useShortcuts(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.isComposing || event.defaultPrevented) return;
      const writing = isWriting(event.target);
      const pressed = (chord: string) => isChord(chord, event) && !(writing && types(chord));
      const found = allActions().find(({ keys, enabled }) => keys?.some(pressed) && (enabled?.() ?? true));
      if (!found) return;
      found.run();
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
