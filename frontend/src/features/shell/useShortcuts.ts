import { useEffect, useRef } from 'react';
import { isChord, types } from '../../actions/chord';
import { ACTIONS } from './allActions';

const WRITING = 'input, textarea, select, [contenteditable=true], [role=menu], [role=listbox], [role=combobox], dialog';

const isWriting = (target: EventTarget | null) => target instanceof Element && target.closest(WRITING) !== null;

/** The keys that work wherever the focus is. A key that could be meant as text does nothing in a text field. */
export function useShortcuts(generate: () => void): void {
  const latest = useRef(generate);
  latest.current = generate;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.isComposing) return;
      const writing = isWriting(event.target);
      const pressed = (chord: string) => isChord(chord, event) && !(writing && types(chord));
      const found = ACTIONS.find(({ keys, enabled }) => keys?.some(pressed) && (enabled?.() ?? true));
      if (pressed('Mod+Enter')) latest.current();
      else if (found) found.run();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
