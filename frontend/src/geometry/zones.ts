import type { Box, Canvas } from '../api/types';

type Axis = 'x' | 'y';
type Ground = Pick<Canvas, 'width' | 'height'> & Partial<Pick<Canvas, 'wrap'>>;

/** Prompts along a canvas: their number, and their positions in increasing order, as fractions of its length. Without
 * positions they are spread evenly. */
export interface Spread {
  count: number;
  positions?: readonly number[] | null;
}

/** The positions of prompts as fractions of the canvas's length. */
export const positionsOf = ({ count, positions }: Spread): readonly number[] =>
  positions ?? Array.from({ length: count }, (_, index) => (index + 0.5) / count);

const wrapsAlong = ({ wrap }: Ground, axis: Axis): boolean => wrap === 'both' || wrap === axis;

/** The pixels where the zones of the prompts begin, and where the last one ends: half way between neighbours. On an axis
 * that wraps, the last prompt and the first are neighbours, too, so that the first zone may begin before the canvas. */
function bordersOf(spread: Spread, length: number, wraps: boolean): number[] {
  const places = positionsOf(spread);
  const [first = 0.5, last = 0.5] = [places[0], places.at(-1)];
  const start = wraps ? Math.round(((first + last - 1) / 2) * length) : 0;
  const inner = places.slice(1).map((after, index) => Math.round((((places[index] ?? 0) + after) / 2) * length));
  return [start, ...inner, start + length];
}

/** The zone of the index-th prompt along `axis`: the part of the canvas nearest to it. */
export function zone(index: number, spread: Spread, axis: Axis, canvas: Ground): Box {
  const borders = bordersOf(spread, axis === 'x' ? canvas.width : canvas.height, wrapsAlong(canvas, axis));
  const [first = 0, last = 0] = borders.slice(index, index + 2);
  return axis === 'x'
    ? { x: first, y: 0, width: last - first, height: canvas.height }
    : { x: 0, y: first, width: canvas.width, height: last - first };
}

/** The index of the prompt that is nearest to the middle of a part of the canvas. On a tie it is the first. */
export function nearestZone(middle: number, spread: Spread, length: number, wraps: boolean): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, position] of positionsOf(spread).entries()) {
    const apart = Math.abs(middle - position * length);
    const distance = wraps ? Math.min(apart % length, length - (apart % length)) : apart;
    if (distance < least) [best, least] = [index, distance];
  }
  return best;
}

/** The pieces of a box that crosses the edges of a wrapping canvas, each in its place on the canvas. */
export function wrapped(box: Box, canvas: Canvas): Box[] {
  const shifts = (start: number, length: number, period: number, wraps: boolean) =>
    wraps ? [0, -period, period].filter((by) => start + by < period && start + length + by > 0) : [0];
  const xs = shifts(box.x, box.width, canvas.width, canvas.wrap === 'x' || canvas.wrap === 'both');
  const ys = shifts(box.y, box.height, canvas.height, canvas.wrap === 'y' || canvas.wrap === 'both');
  return xs.flatMap((x) => ys.map((y) => ({ ...box, x: box.x + x, y: box.y + y })));
}
