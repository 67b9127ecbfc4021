import type { KeyboardEvent } from 'react';
import type { Canvas } from '../../api/types';
import { painted } from '../../document/guides';
import { edit } from '../../document/store';
import type { Point } from '../../geometry/box';
import { announce } from '../../ui/announce';
import { bracketOf, letterOf } from '../../ui/keys';
import { growBrush, inkOf, stopPainting, useBrush } from '../guides/brush';
import { ARROWS } from './keyboard';

interface Keys {
  sketch: string;
  canvas: Canvas;
  /** Pixels per latent cell. */
  cell: number;
}

const within = (value: number, most: number) => Math.min(most, Math.max(0, value));

/** Paint from one point to another; a dot if they are the same. */
function paint(sketch: string, from: Point, to: Point): void {
  const { size, ...brush } = useBrush.getState();
  const points = from === to ? [to.x, to.y] : [from.x, from.y, to.x, to.y];
  edit((draft) => painted(draft, sketch, { colour: inkOf(brush), size, points }));
  announce(`${brush.erasing ? 'Erased' : 'Painted'} at ${to.x}, ${to.y}`);
}

/** Move the brush by one cell; with Shift, paint on the way. */
function moveBrush({ key, shiftKey }: KeyboardEvent, at: Point, { sketch, canvas, cell }: Keys): void {
  const { x = 0, y = 0 } = ARROWS[key] ?? {};
  const to = { x: within(at.x + x * cell, canvas.width), y: within(at.y + y * cell, canvas.height) };
  useBrush.setState({ at: to });
  if (shiftKey) paint(sketch, at, to);
  else announce(`Brush at ${to.x}, ${to.y}`);
}

/** Handle a key while a sketch is painted. Returns false if the key means nothing to the brush. */
function onKey(event: KeyboardEvent, keys: Keys): boolean {
  const { canvas } = keys;
  const at = useBrush.getState().at ?? { x: Math.round(canvas.width / 2), y: Math.round(canvas.height / 2) };
  const bracket = bracketOf(event);
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (bracket) growBrush(bracket);
  else if (ARROWS[event.key]) moveBrush(event, at, keys);
  else if (event.key === ' ') {
    useBrush.setState({ at });
    paint(keys.sketch, at, at);
  } else if (letterOf(event) === 'e') useBrush.setState(({ erasing }) => ({ erasing: !erasing }));
  else if (event.key === 'Escape' || event.key === 'Enter') stopPainting();
  else return false;
  return true;
}

/** Handle keys on the focused canvas while a sketch is painted. The help sheet lists them. */
export function onBrushKey(event: KeyboardEvent, keys: Keys): void {
  if (event.nativeEvent.isComposing || !onKey(event, keys)) return;
  event.preventDefault();
  event.stopPropagation();
}
