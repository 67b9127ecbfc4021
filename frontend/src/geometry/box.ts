import type { Box, Canvas } from '../api/types';

export interface Point {
  x: number;
  y: number;
}

type Size = Pick<Canvas, 'width' | 'height'>;

/** A handle of a box: a corner or an edge. */
export type Handle = 'nw' | 'n' | 'ne' | 'e' | 'se' | 's' | 'sw' | 'w';
export const HANDLES: readonly Handle[] = ['nw', 'n', 'ne', 'e', 'se', 's', 'sw', 'w'];

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), Math.max(low, high));

/** The nearest line of the latent grid, in canvas pixels. The far edge of the canvas always counts as a line. */
export function snap(value: number, cell: number, edge: number): number {
  const line = Math.round(value / cell) * cell;
  return Math.abs(edge - value) < Math.abs(line - value) || line > edge ? edge : line;
}

/** A whole number of cells nearest to `length`, at least one. */
export const snapLength = (length: number, cell: number): number => Math.max(1, Math.round(length / cell)) * cell;

/** The box between two corners, snapped to the grid and cut to the canvas; null if it is smaller than one cell. */
export function boxBetween(from: Point, to: Point, cell: number, canvas: Size): Box | null {
  const line = (value: number, edge: number) => snap(clamp(value, 0, edge), cell, edge);
  const [left, right] = [line(Math.min(from.x, to.x), canvas.width), line(Math.max(from.x, to.x), canvas.width)];
  const [top, bottom] = [line(Math.min(from.y, to.y), canvas.height), line(Math.max(from.y, to.y), canvas.height)];
  if (right - left < cell || bottom - top < cell) return null;
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** The box of the same size with its corner at `corner`, kept inside the canvas. */
function placeBox(box: Box, corner: Point, canvas: Size): Box {
  return {
    ...box,
    x: clamp(Math.round(corner.x), 0, canvas.width - box.width),
    y: clamp(Math.round(corner.y), 0, canvas.height - box.height),
  };
}

/** A way that keeps a moved box inside the canvas. */
export function clampedMove(box: Box, by: Point, canvas: Size): Point {
  const to = placeBox(box, { x: box.x + by.x, y: box.y + by.y }, canvas);
  return { x: to.x - box.x, y: to.y - box.y };
}

/** The box moved by whole cells from where it was, so that a box off the grid keeps its own offset. */
export function moveBox(box: Box, by: Point, cell: number, canvas: Size): Box {
  const step = (value: number) => Math.round(value / cell) * cell;
  return placeBox(box, { x: box.x + step(by.x), y: box.y + step(by.y) }, canvas);
}

/** The box with the dragged edges moved and snapped. It never turns inside out and is at least one cell large. */
export function resizeBox(box: Box, handle: Handle, by: Point, cell: number, canvas: Size): Box {
  const [right, bottom] = [box.x + box.width, box.y + box.height];
  const edge = (value: number, low: number, high: number, far: number) => clamp(snap(value, cell, far), low, high);
  const left = handle.includes('w') ? edge(box.x + by.x, 0, right - cell, canvas.width) : box.x;
  const top = handle.includes('n') ? edge(box.y + by.y, 0, bottom - cell, canvas.height) : box.y;
  const newRight = handle.includes('e') ? edge(right + by.x, left + cell, canvas.width, canvas.width) : right;
  const newBottom = handle.includes('s') ? edge(bottom + by.y, top + cell, canvas.height, canvas.height) : bottom;
  return { x: left, y: top, width: newRight - left, height: newBottom - top };
}

export const isInside = ({ x, y, width, height }: Box, canvas: Size): boolean =>
  x >= 0 && y >= 0 && x + width <= canvas.width && y + height <= canvas.height;

/** The box cut and moved so that it lies inside a canvas that has become smaller. */
export function fitBox(box: Box, canvas: Size): Box {
  const cut = { ...box, width: Math.min(box.width, canvas.width), height: Math.min(box.height, canvas.height) };
  return placeBox(cut, cut, canvas);
}

/** Change one number of a box so that the box stays inside the canvas; its other numbers do not change. If the box
 * begins outside, no width or height can do this, and the given one is kept. */
export function sideInside(box: Box, name: keyof Box, value: number, canvas: Size): number {
  const along = name === 'x' || name === 'width';
  const [start, length] = along ? [box.x, box.width] : [box.y, box.height];
  const far = along ? canvas.width : canvas.height;
  if (name === 'x' || name === 'y') return clamp(value, 0, far - length);
  return start < far ? clamp(value, 1, far - start) : value;
}

/** A new box in the middle of the canvas, for visitors who add one without drawing. Each further one is a little to the
 * side. */
export function newBox(canvas: Size, cell: number, already: number): Box {
  const side = (length: number) => Math.min(length, snapLength(length / 3, cell));
  const [width, height] = [side(canvas.width), side(canvas.height)];
  const aside = (already % 5) * cell * 2;
  const corner = {
    x: snap((canvas.width - width) / 2 + aside, cell, canvas.width),
    y: snap((canvas.height - height) / 2 + aside, cell, canvas.height),
  };
  return placeBox({ x: 0, y: 0, width, height }, corner, canvas);
}

/** The smallest box around several. */
export function around(boxes: readonly Box[]): Box {
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x, y, width: right - x, height: bottom - y };
}

/** True if two boxes share some area. */
export const meet = (one: Box, other: Box): boolean =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

/** The positions of the eight handles of a box. */
export function handlePoint(box: Box, handle: Handle): Point {
  const along = (low: string, high: string) => (handle.includes(low) ? 0 : handle.includes(high) ? 1 : 0.5);
  return { x: box.x + along('w', 'e') * box.width, y: box.y + along('n', 's') * box.height };
}
