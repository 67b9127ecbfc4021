import type { Box, Canvas } from '../api/types';

/** The zone of the index-th of `count` prompts, which are spread evenly along `axis`: the part of the canvas nearest to
 * it. */
export function zone(index: number, count: number, axis: 'x' | 'y', canvas: Pick<Canvas, 'width' | 'height'>): Box {
  const length = axis === 'x' ? canvas.width : canvas.height;
  const first = Math.round((index * length) / count);
  const last = Math.round(((index + 1) * length) / count);
  return axis === 'x'
    ? { x: first, y: 0, width: last - first, height: canvas.height }
    : { x: 0, y: first, width: canvas.width, height: last - first };
}

/** The index of the prompt, of `count`, that is nearest to the middle of a part of the canvas. On a tie it is the
 * first. */
export function nearestZone(middle: number, count: number, length: number, wraps: boolean): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let index = 0; index < count; index++) {
    const apart = Math.abs(middle - ((index + 0.5) * length) / count);
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
