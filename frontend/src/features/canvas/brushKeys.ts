import type { KeyboardEvent } from 'react';
import type { Canvas } from '../../api/types';
import type { Point } from '../../geometry/box';
import { useSession } from '../../session';
import { announce } from '../../ui/announce';
import { bracketOf, letterOf } from '../../ui/keys';
import { words } from '../../words/words';
import { growBrush, stopPainting, useBrush } from '../painting/brush';
import { paint, refusesPaint, strokeAlong } from '../painting/target';
import { useDrag } from './drag';
import { ARROWS } from './keyboard';
import { cancelLasso, closeLasso, setCorner } from './tools/lasso';

interface Keys {
  /** The id of what is painted. */
  target: string;
  canvas: Canvas;
  /** Pixels per latent cell. */
  cell: number;
}

const within = (value: number, most: number) => Math.min(most, Math.max(0, value));

/** Paint from one point to another; a dot if they are the same. */
function paintTo(from: Point, to: Point, { target, cell }: Keys): void {
  if (refusesPaint(target)) return;
  const stroke = strokeAlong(from === to ? [to.x, to.y] : [from.x, from.y, to.x, to.y]);
  paint(target, stroke, cell);
  announce((stroke.colour === null ? words.masks.erased : words.masks.painted)(to.x, to.y));
}

/** Move the brush by one cell; with Shift, paint on the way. */
function moveBrush({ key, shiftKey }: KeyboardEvent, at: Point, keys: Keys): void {
  const { canvas, cell } = keys;
  const { x = 0, y = 0 } = ARROWS[key] ?? {};
  const to = { x: within(at.x + x * cell, canvas.width), y: within(at.y + y * cell, canvas.height) };
  useBrush.setState({ at: to });
  if (shiftKey && !isLasso()) paintTo(at, to, keys);
  else announce(words.masks.brushAt(to.x, to.y));
}

const isLasso = () => useSession.getState().tool === 'lasso';

/** Paint a dot, or set a corner of the lasso. */
function press(at: Point, keys: Keys): void {
  useBrush.setState({ at });
  if (!isLasso()) paintTo(at, at, keys);
  else if (!refusesPaint(keys.target)) setCorner(at);
}

/** Where the keys have the brush: in the middle of the canvas until they move it. */
const placeOf = ({ canvas }: Keys): Point =>
  useBrush.getState().at ?? { x: Math.round(canvas.width / 2), y: Math.round(canvas.height / 2) };

let spaceWaits = false; // Space was pressed on the canvas, and its release paints

/** Let the release of Space paint nothing: the canvas was moved with it, or lost the focus. */
export function forgetSpace(): void {
  spaceWaits = false;
}

/** Handle a key while a mask or a sketch is painted. Returns false if the key means nothing to the brush. */
function onKey(event: KeyboardEvent, keys: Keys): boolean {
  const bracket = bracketOf(event);
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (bracket) growBrush(bracket);
  else if (ARROWS[event.key]) moveBrush(event, placeOf(keys), keys);
  else if (event.key === ' ') spaceWaits = !event.repeat || spaceWaits;
  else if (letterOf(event) === 'e') useBrush.setState(({ erasing }) => ({ erasing: !erasing }));
  else if (event.key === 'Enter' && useDrag.getState().outline) closeLasso();
  else if (event.key === 'Escape' || event.key === 'Enter') cancelLasso() || stopPainting();
  else return false;
  return true;
}

/** Handle keys on the focused canvas while a mask or a sketch is painted. The help sheet lists them. */
export function onBrushKey(event: KeyboardEvent, keys: Keys): void {
  if (event.nativeEvent.isComposing || !onKey(event, keys)) return;
  event.preventDefault();
  event.stopPropagation();
}

/** Paint when Space is released, because Space and a drag move the canvas. */
export function onBrushKeyUp(event: KeyboardEvent, keys: Keys): void {
  if (event.key !== ' ' || !spaceWaits) return;
  forgetSpace();
  press(placeOf(keys), keys);
}
