import type { KeyboardEvent } from 'react';
import { select, useSession } from '../../session';
import { bracketOf, letterOf } from '../../ui/keys';
import { slideBy, stepAnchor } from './anchors';
import { deleteBoxes, nudge, openPrompt, restack, selectNext, stretch } from './commands';
import { selectedIds } from './selection';
import { useStage } from './stage';

export const ARROWS: Record<string, { x: number; y: number }> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

const FAR = 4; // cells that Shift moves by

/** Handle keys on the focused container, because the canvas has no elements of its own. The help sheet lists all keys.
 * After a box was drawn, letters may be meant as its prompt: they are no commands until the visitor focuses the canvas
 * again. */
export function onCanvasKey(event: KeyboardEvent, reroll: (() => void) | null): void {
  if (event.nativeEvent.isComposing) return;
  const letters = !useStage.getState().justDrawn;
  if (onKey(event, reroll, letters)) event.preventDefault();
  else if (letters || event.ctrlKey || event.metaKey || event.altKey || event.key.length > 1) return;
  event.stopPropagation();
}

function onKey(event: KeyboardEvent, reroll: (() => void) | null, letters: boolean): boolean {
  const { selected } = useSession.getState();
  const { key, shiftKey, altKey } = event;
  const control = event.ctrlKey || event.metaKey;
  const bracket = bracketOf(event);
  if (bracket) stepAnchor(bracket) || selectNext(bracket);
  else if (key === 'Escape') select(null);
  else if (selected === null) return false;
  else if (ARROWS[key] && !control) {
    const far = shiftKey ? FAR : 1;
    const by = { x: ARROWS[key].x * far, y: ARROWS[key].y * far };
    if (!slideBy(by)) (altKey ? stretch : nudge)(by);
  } else if (key === 'Delete' || (key === 'Backspace' && letters)) deleteBoxes(selectedIds());
  else if (key === 'PageUp' || key === 'PageDown') restack(selected, key === 'PageUp' ? 1 : -1);
  else if (key === 'Enter' && !control) openPrompt(selected);
  else if (letterOf(event) === 'r' && shiftKey && letters && !control && !altKey) reroll?.();
  else return false;
  return true;
}
