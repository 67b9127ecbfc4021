import type { Box } from '../api/types';
import { HANDLES, type Handle, handlePoint, type Point } from './box';

const SEEN = 10; // screen pixels
const GRABBED = 28; // screen pixels: as much as a finger needs

/** A handle of a box: its middle, and the distance from it at which it is grabbed, in canvas pixels. */
export interface Grip extends Point {
  handle: Handle;
  reach: number;
}

const outward = (handle: Handle, low: string, high: string) =>
  handle.includes(low) ? -1 : handle.includes(high) ? 1 : 0;

/** The handles of a box at a scale of the screen. A box that is small on the screen has four, just outside of it, so
 * that its middle can still be grabbed. */
export function gripsOf(box: Box, scale: number): Grip[] {
  const side = Math.min(box.width, box.height) * scale;
  const small = side < 4 * GRABBED;
  const grab = small ? Math.max(SEEN, Math.min(GRABBED, side / 3)) : GRABBED;
  const out = side < 3 * SEEN ? grab / 2 : 0;
  return HANDLES.filter((handle) => !small || handle.length === 2).map((handle) => {
    const { x, y } = handlePoint(box, handle);
    return {
      handle,
      reach: grab / 2 / scale,
      x: x + (outward(handle, 'w', 'e') * out) / scale,
      y: y + (outward(handle, 'n', 's') * out) / scale,
    };
  });
}

/** The handle at a point; the nearest one if several are. */
export function gripAt(point: Point, box: Box, scale: number): Handle | null {
  const apart = ({ x, y }: Grip) => Math.max(Math.abs(point.x - x), Math.abs(point.y - y));
  const found = gripsOf(box, scale)
    .filter((grip) => apart(grip) <= grip.reach)
    .sort((one, other) => apart(one) - apart(other));
  return found[0]?.handle ?? null;
}

export const isIn = ({ x, y }: Point, box: Box): boolean =>
  x >= box.x && y >= box.y && x <= box.x + box.width && y <= box.y + box.height;
