import type { Box, Canvas } from '../api/types';

/** The part of the canvas that the index-th of `count` prompts, spread evenly along `axis`, is nearest to. */
export function zone(index: number, count: number, axis: 'x' | 'y', canvas: Pick<Canvas, 'width' | 'height'>): Box {
  const length = axis === 'x' ? canvas.width : canvas.height;
  const first = Math.round((index * length) / count);
  const last = Math.round(((index + 1) * length) / count);
  return axis === 'x'
    ? { x: first, y: 0, width: last - first, height: canvas.height }
    : { x: 0, y: first, width: canvas.width, height: last - first };
}

/** Which of `count` prompts a stretch of the canvas is nearest to, by its middle; a tie takes the first. */
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

/** The pieces of a box that reaches over the edges of a wrapping canvas, each where it shows. */
export function wrapped(box: Box, canvas: Canvas): Box[] {
  const shifts = (start: number, length: number, period: number, wraps: boolean) =>
    wraps ? [0, -period, period].filter((by) => start + by < period && start + length + by > 0) : [0];
  const xs = shifts(box.x, box.width, canvas.width, canvas.wrap === 'x' || canvas.wrap === 'both');
  const ys = shifts(box.y, box.height, canvas.height, canvas.wrap === 'y' || canvas.wrap === 'both');
  return xs.flatMap((x) => ys.map((y) => ({ ...box, x: box.x + x, y: box.y + y })));
}
