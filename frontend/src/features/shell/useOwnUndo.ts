import { useEffect } from 'react';
import { isChord } from '../../actions/chord';
import { TEXT_FIELD } from '../../ui/textFields';

/** True for a text over the document: the browser undoes what is typed in it. */
export const hasOwnUndo = (target: EventTarget | null): boolean =>
  target instanceof Element && target.matches(TEXT_FIELD) && target.closest('[data-drawer], dialog[open]') !== null;

const textOf = (target: EventTarget | null): string | null =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement ? target.value : null;

/** Let undo in a text over the document end at the text that was there when the focus came. Chromium would go on with
 * what was typed elsewhere, such as in a prompt behind. */
export function useOwnUndo(): void {
  useEffect(() => {
    let begun: string | null = null;
    const onFocus = ({ target }: FocusEvent) => {
      begun = textOf(target);
    };
    const onKey = (event: KeyboardEvent) => {
      const text = hasOwnUndo(event.target) ? textOf(event.target) : null;
      if (text !== null && text === begun && isChord('Mod+Z', event)) event.preventDefault();
    };
    window.addEventListener('focusin', onFocus);
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener('focusin', onFocus);
      window.removeEventListener('keydown', onKey);
    };
  }, []);
}
