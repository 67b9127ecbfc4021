import type { Box, Canvas } from '../api/types';

/** A patch as it is weighed. `feather` is in canvas pixels. */
export interface Weighed {
  id: string;
  box: Box;
  feather: number;
  weight: number;
  /** The shape of a mask over the cells of the box: a byte for each, in hexadecimal. */
  mask?: { width: number; height: number; cells: string } | undefined;
}

/** The share of each patch in every latent cell, row by row; the rest of 1 is the background's. */
export interface Shares {
  columns: number;
  rows: number;
  of: ReadonlyMap<string, Float32Array>;
}

/** The profile of a box along one axis of `size` cells: 1 inside, falling to 0 at its edges over `feather` cells, measured
 * from the middles of cells. It does not fall at the canvas's own edge, unless that edge wraps. */
export function ramp(start: number, length: number, feather: number, size: number, wraps: boolean): Float32Array {
  const axis = new Float32Array(size);
  const shown = wraps ? Math.min(length, size) : length;
  const whole = wraps && length >= size;
  for (let at = 0; at < shown; at++) {
    const cell = start + at;
    if (!wraps && (cell < 0 || cell >= size)) continue;
    let edge = Number.POSITIVE_INFINITY;
    if (!whole && (wraps || start > 0)) edge = Math.min(edge, at + 0.5);
    if (!whole && (wraps || start + length < size)) edge = Math.min(edge, shown - at - 0.5);
    axis[((cell % size) + size) % size] = feather > 0 ? Math.min(edge / feather, 1) : 1;
  }
  return axis;
}

/** The cells nearest to a side of a box, at least one. */
function cellsOf(start: number, length: number, cell: number): [number, number] {
  const first = Math.round(start / cell);
  return [first, Math.max(1, Math.round((start + length) / cell) - first)];
}

/** The opacity of a mask in one cell of the canvas; 1 without a mask. */
function shapeAt(mask: Weighed['mask'], box: Box, column: number, row: number, cell: number): number {
  if (!mask) return 1;
  const [x, y] = [column - Math.round(box.x / cell), row - Math.round(box.y / cell)];
  const at = 2 * (y * mask.width + x);
  return Number.parseInt(mask.cells.slice(at, at + 2), 16) / 255;
}

/** The shares of patches as the server weighs them while all of them act: a patch counts with its weight times its
 * profile, and the background gives way to every patch by at most its weight (worker/build/weights.py). */
export function sharesOf(patches: readonly Weighed[], canvas: Canvas, cell: number): Shares {
  const [columns, rows] = [Math.ceil(canvas.width / cell), Math.ceil(canvas.height / cell)];
  const background = new Float32Array(columns * rows).fill(1);
  const total = new Float32Array(columns * rows);
  const own = new Map<string, Float32Array>();
  for (const { id, box, feather, weight, mask } of patches) {
    const soft = feather / cell;
    const across = ramp(
      ...cellsOf(box.x, box.width, cell),
      soft,
      columns,
      canvas.wrap === 'x' || canvas.wrap === 'both',
    );
    const down = ramp(...cellsOf(box.y, box.height, cell), soft, rows, canvas.wrap === 'y' || canvas.wrap === 'both');
    const weights = new Float32Array(columns * rows);
    for (let row = 0; row < rows; row++) {
      const high = down[row] ?? 0;
      if (high === 0) continue;
      for (let column = 0; column < columns; column++) {
        const inside = Math.min(high, across[column] ?? 0);
        if (inside === 0) continue;
        const profile = inside * shapeAt(mask, box, column, row, cell);
        const at = row * columns + column;
        weights[at] = weight * profile;
        total[at] = (total[at] ?? 0) + weight * profile;
        background[at] = (background[at] ?? 0) * (1 - Math.min(1, weight) * profile);
      }
    }
    own.set(id, weights);
  }
  for (const weights of own.values()) {
    for (let at = 0; at < weights.length; at++) {
      const sum = (total[at] ?? 0) + (background[at] ?? 0);
      if (sum > 0) weights[at] = (weights[at] ?? 0) / sum;
    }
  }
  return { columns, rows, of: own };
}
