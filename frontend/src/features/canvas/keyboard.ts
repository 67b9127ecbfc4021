import type { KeyboardEvent } from 'react';
import { select, useSession } from '../../session';
import { deleteBox, duplicateBox, insertBox, nudge, restack, selectNext, stretch } from './commands';

const ARROWS: Record<string, { x: number; y: number }> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

const FAR = 10; // cells that Shift moves by

/** Konva knows no keys: the focused container does. The help sheet names them all. */
export function onCanvasKey(event: KeyboardEvent, cell: number, reroll: (() => void) | null): void {
  if (handle(event, cell, reroll)) {
    event.preventDefault();
    event.stopPropagation();
  }
}

function handle(event: KeyboardEvent, cell: number, reroll: (() => void) | null): boolean {
  const { selected } = useSession.getState();
  const { key, shiftKey, altKey } = event;
  const control = event.ctrlKey || event.metaKey;
  if (key === ']' || key === '[') selectNext(key === ']' ? 1 : -1);
  else if (key.toLowerCase() === 'n' && !control) insertBox(cell);
  else if (key.toLowerCase() === 'b' && !control) useSession.setState(({ drawing }) => ({ drawing: !drawing }));
  else if (key === 'Escape') {
    select(null);
    useSession.setState({ drawing: false });
  } else if (selected === null) return false;
  else if (ARROWS[key]) {
    const far = shiftKey ? FAR : 1;
    const by = { x: ARROWS[key].x * far, y: ARROWS[key].y * far };
    (altKey ? stretch : nudge)(selected, by, cell);
  } else if (key === 'Delete' || key === 'Backspace') deleteBox(selected);
  else if (key.toLowerCase() === 'd' && control) duplicateBox(selected, cell);
  else if (key === 'PageUp' || key === 'PageDown') restack(selected, key === 'PageUp' ? 1 : -1);
  else if (key.toLowerCase() === 'r' && !control) reroll?.();
  else if (key === 'Enter' && !control) document.getElementById(`prompt-${selected}`)?.focus();
  else return false;
  return true;
}
