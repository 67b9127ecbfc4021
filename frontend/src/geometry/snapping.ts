import type { Box } from '../api/types';
import { clampedMove, type Point, snap } from './box';
import type { Size } from './view';

/** A line that a box is aligned with: at `at` on one axis, from `from` to `to` on the other, in canvas pixels. */
export interface GuideLine {
  axis: 'x' | 'y';
  at: number;
  from: number;
  to: number;
}

interface Target {
  at: number;
  /** The middle of a box or of the canvas, not an edge. */
  middle: boolean;
  /** How far what gives the line reaches on the other axis. */
  span: readonly [number, number];
  /** False for the edges of the canvas: the grid has them, and a line along them says nothing. */
  shown: boolean;
}

/** The lines that a moved box can be aligned with. */
export interface Targets {
  x: readonly Target[];
  y: readonly Target[];
}

const alongX = ({ x, y, width, height }: Box) => ({ start: x, length: width, span: [y, y + height] as const });
const alongY = ({ x, y, width, height }: Box) => ({ start: y, length: height, span: [x, x + width] as const });
const AXES = { x: alongX, y: alongY };

/** The edges and middles of the other boxes and of the canvas. */
export function targetsOf(others: readonly Box[], { width, height }: Size): Targets {
  const whole = { x: 0, y: 0, width, height };
  const along = (axis: 'x' | 'y'): Target[] =>
    [...others, whole].flatMap((box) => {
      const { start, length, span } = AXES[axis](box);
      return [0, 0.5, 1].map((share) => ({
        at: start + share * length,
        middle: share === 0.5,
        span,
        shown: box !== whole || share === 0.5,
      }));
    });
  return { x: along('x'), y: along('y') };
}

/** The nearest of the lines within `reach`; null if there is none. */
export function nearestLine(value: number, targets: readonly Target[], reach: number): number | null {
  let best: number | null = null;
  for (const { at } of targets) {
    const apart = Math.abs(at - value);
    if (apart <= reach && (best === null || apart < Math.abs(best - value))) best = at;
  }
  return best;
}

/** Snap an edge to the nearest line within `reach`, or else to the grid of cells. `far` is the edge of the canvas. */
export const snapEdge = (value: number, targets: readonly Target[], reach: number, cell: number, far: number): number =>
  Math.round(nearestLine(value, targets, reach) ?? snap(value, cell, far));

/** How far to move a box along one axis so that an edge or the middle of it lies on a line. A middle is aligned only if
 * the box stays on the grid, because the model's cells decide where a box really lies. */
function aligning(start: number, length: number, targets: readonly Target[], reach: number, cell: number) {
  let best: number | null = null;
  for (const target of targets) {
    for (const share of target.middle ? [0.5] : [0, 1]) {
      const by = target.at - (start + share * length);
      const onGrid = Number.isInteger(start + by) && (!target.middle || (start + by) % cell === 0);
      if (Math.abs(by) <= reach && onGrid && (best === null || Math.abs(by) < Math.abs(best))) best = by;
    }
  }
  return best;
}

interface Snapping {
  targets: Targets;
  /** The distance within which a line attracts, in canvas pixels. */
  reach: number;
  cell: number;
  canvas: Size;
}

/** The way from a box to its place under the hand: to the nearest lines, or else by whole cells, so that a box off the
 * grid keeps its own offset. The box stays inside the canvas. */
export function snappedMove(box: Box, by: Point, { targets, reach, cell, canvas }: Snapping): Point {
  const along = (axis: 'x' | 'y') => {
    const { start, length } = AXES[axis](box);
    const to = start + by[axis];
    const line = aligning(to, length, targets[axis], reach, cell);
    return line === null ? Math.round(by[axis] / cell) * cell : to + line - start;
  };
  return clampedMove(box, { x: along('x'), y: along('y') }, canvas);
}

/** The lines that a box is aligned with where it lies, each as long as what it connects. */
export function linesThrough(box: Box, targets: Targets): GuideLine[] {
  return (['x', 'y'] as const).flatMap((axis) => {
    const { start, length, span } = AXES[axis](box);
    const lines = new Map<number, GuideLine>();
    for (const { at, middle, span: other, shown } of targets[axis]) {
      const meets = (middle ? [0.5] : [0, 1]).some((share) => Math.abs(start + share * length - at) < 0.01);
      if (!meets || !shown) continue;
      const known = lines.get(at);
      const from = Math.min(span[0], other[0], known?.from ?? Number.POSITIVE_INFINITY);
      const to = Math.max(span[1], other[1], known?.to ?? Number.NEGATIVE_INFINITY);
      lines.set(at, { axis, at, from, to });
    }
    return [...lines.values()];
  });
}
