import type { Box } from '../api/types';
import type { Handle, Point } from './box';
import { snapEdge, type Targets } from './snapping';
import type { Size } from './view';

/** The rules of one resize. `proportion`: width and height stay in proportion. `centre`: the middle stays where it is.
 * `free`: edges are not snapped. */
export interface Resizing {
  handle: Handle;
  proportion: boolean;
  centre: boolean;
  free: boolean;
  targets: Targets;
  /** The distance within which a line attracts, in canvas pixels. */
  reach: number;
  cell: number;
  canvas: Size;
}

interface Side {
  start: number;
  end: number;
}

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), Math.max(low, high));

/** Move the dragged edge of one axis (-1: the first, 1: the last, 0: none). */
function dragged({ start, end }: Side, edge: -1 | 0 | 1, by: number, centre: boolean): Side {
  if (edge === 0) return { start, end };
  const opposite = centre ? by : 0;
  return edge < 0 ? { start: start + by, end: end - opposite } : { start: start - opposite, end: end + by };
}

/** Give a side another length. The edge opposite to the dragged one stays, or the middle if none is dragged. */
function withLength({ start, end }: Side, edge: -1 | 0 | 1, centre: boolean, length: number): Side {
  if (edge === 0 || centre) {
    const middle = (start + end) / 2;
    return { start: middle - length / 2, end: middle + length / 2 };
  }
  return edge < 0 ? { start: end - length, end } : { start, end: start + length };
}

const edgeOf = (handle: Handle, low: string, high: string): -1 | 0 | 1 =>
  handle.includes(low) ? -1 : handle.includes(high) ? 1 : 0;

/** Snap the edges that move, keep the side inside the canvas, and at least one cell long. */
function settled(side: Side, from: Side, far: number, rules: Resizing, lines: Targets['x']): Side {
  const place = (value: number) =>
    clamp(rules.free ? Math.round(value) : snapEdge(value, lines, rules.reach, rules.cell, far), 0, far);
  const [first, last] = [side.start !== from.start, side.end !== from.end];
  const start = first ? Math.min(place(side.start), (last ? place(side.end) : side.end) - rules.cell) : side.start;
  const end = last ? Math.max(place(side.end), start + rules.cell) : side.end;
  return { start: first ? Math.max(0, start) : start, end: last ? Math.min(far, end) : end };
}

/** The box with the dragged edges moved by `by`. It never turns inside out and is at least one cell large. */
export function resizedBox(box: Box, by: Point, rules: Resizing): Box {
  const { handle, centre, canvas, targets } = rules;
  const [across, down] = [edgeOf(handle, 'w', 'e'), edgeOf(handle, 'n', 's')];
  const from = { x: { start: box.x, end: box.x + box.width }, y: { start: box.y, end: box.y + box.height } };
  let x = dragged(from.x, across, by.x, centre);
  let y = dragged(from.y, down, by.y, centre);
  if (rules.proportion) {
    const wide = across === 0 ? 0 : (x.end - x.start) / box.width;
    const high = down === 0 ? 0 : (y.end - y.start) / box.height;
    const scale = Math.max(wide, high, rules.cell / Math.min(box.width, box.height));
    x = withLength(from.x, across, centre, box.width * scale);
    y = withLength(from.y, down, centre, box.height * scale);
  }
  const wide = settled(x, from.x, canvas.width, rules, targets.x);
  const high = settled(y, from.y, canvas.height, rules, targets.y);
  return { x: wide.start, y: high.start, width: wide.end - wide.start, height: high.end - high.start };
}

/** A box of a group, after the frame around the group was resized. `cell`: the grid that its edges are snapped to, and
 * the least length of its sides. */
export function resizedWith(box: Box, from: Box, to: Box, cell: number, free: boolean): Box {
  const along = (start: number, length: number, was: number, wasLong: number, is: number, isLong: number) => {
    const line = (value: number) => (free ? Math.round(value) : Math.round(value / cell) * cell);
    const first = line(is + ((start - was) * isLong) / wasLong);
    const last = line(is + ((start + length - was) * isLong) / wasLong);
    const long = Math.max(cell, last - first);
    return [Math.max(is, Math.min(first, is + isLong - long)), long] as const;
  };
  const [x, width] = along(box.x, box.width, from.x, from.width, to.x, to.width);
  const [y, height] = along(box.y, box.height, from.y, from.height, to.y, to.height);
  return { x, y, width, height };
}
