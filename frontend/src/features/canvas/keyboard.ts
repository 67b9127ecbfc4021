import type { KeyboardEvent } from 'react';
import { select, useSession } from '../../session';
import { bracketOf, letterOf } from '../../ui/keys';
import { deleteBox, duplicateBox, insertBox, nudge, openPrompt, restack, selectNext, stretch } from './commands';

export const ARROWS: Record<string, { x: number; y: number }> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

const FAR = 10; // cells that Shift moves by

interface Keys {
  /** Pixels per latent cell. */
  cell: number;
  reroll: (() => void) | null;
  /** True if single letters and Backspace are commands. They are if the visitor focused the canvas, and not if it has
   * the focus only because a box was drawn. */
  letters: boolean;
}

/** Handle keys on the focused container, because Konva has no key events. The help sheet lists all keys. */
export function onCanvasKey(event: KeyboardEvent, keys: Keys): void {
  if (event.nativeEvent.isComposing) return;
  if (onLetter(event, keys) || onOtherKey(event, keys)) {
    event.preventDefault();
    event.stopPropagation();
  }
}

function onLetter(event: KeyboardEvent, { cell, reroll, letters }: Keys): boolean {
  const letter = letterOf(event);
  const { selected } = useSession.getState();
  if (event.ctrlKey || event.metaKey) {
    if (letter !== 'd' || selected === null) return false;
    duplicateBox(selected, cell);
  } else if (!letters || event.altKey) return false;
  else if (letter === 'n') insertBox(cell);
  else if (letter === 'b') useSession.setState(({ drawing }) => ({ drawing: !drawing }));
  else if (letter === 'r' && selected !== null) reroll?.();
  else return false;
  return true;
}

function onOtherKey(event: KeyboardEvent, { cell, letters }: Keys): boolean {
  const { selected } = useSession.getState();
  const { key, shiftKey, altKey } = event;
  const control = event.ctrlKey || event.metaKey;
  const bracket = bracketOf(event);
  if (bracket) selectNext(bracket);
  else if (key === 'Escape') {
    select(null);
    useSession.setState({ drawing: false });
  } else if (selected === null) return false;
  else if (ARROWS[key]) {
    const far = shiftKey ? FAR : 1;
    const by = { x: ARROWS[key].x * far, y: ARROWS[key].y * far };
    (altKey ? stretch : nudge)(selected, by, cell);
  } else if (key === 'Delete' || (key === 'Backspace' && letters)) deleteBox(selected);
  else if (key === 'PageUp' || key === 'PageDown') restack(selected, key === 'PageUp' ? 1 : -1);
  else if (key === 'Enter' && !control) openPrompt(selected);
  else return false;
  return true;
}
