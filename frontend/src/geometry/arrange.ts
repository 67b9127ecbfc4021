import type { Box } from '../api/types';
import { around } from './box';

/** The edge or middle that boxes are aligned at. */
export type Alignment = 'left' | 'centre' | 'right' | 'top' | 'middle' | 'bottom';

interface Placed {
  id: string;
  box: Box;
}

/** The places of boxes by their ids. */
export type Places = Readonly<Record<string, Box>>;

const placesOf = (boxes: readonly Placed[], move: (box: Box) => Box): Places =>
  Object.fromEntries(boxes.map(({ id, box }) => [id, move(box)]));

/** Align boxes at an edge or the middle of the frame around them. A middle lies on the grid of cells. */
export function aligned(boxes: readonly Placed[], at: Alignment, cell: number): Places {
  const frame = around(boxes.map(({ box }) => box));
  const line = (value: number) => Math.round(value / cell) * cell;
  const moves: Record<Alignment, (box: Box) => Box> = {
    left: (box) => ({ ...box, x: frame.x }),
    centre: (box) => ({ ...box, x: line(frame.x + (frame.width - box.width) / 2) }),
    right: (box) => ({ ...box, x: frame.x + frame.width - box.width }),
    top: (box) => ({ ...box, y: frame.y }),
    middle: (box) => ({ ...box, y: line(frame.y + (frame.height - box.height) / 2) }),
    bottom: (box) => ({ ...box, y: frame.y + frame.height - box.height }),
  };
  return placesOf(boxes, moves[at]);
}

/** Leave the same distance between boxes along one axis. The first and the last stay; the others lie on the grid. */
export function distributed(boxes: readonly Placed[], axis: 'x' | 'y', cell: number): Places {
  const length = axis === 'x' ? 'width' : 'height';
  const sorted = [...boxes].sort((one, other) => one.box[axis] - other.box[axis]);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (!first || !last || sorted.length < 3) return placesOf(boxes, (box) => box);
  const total = sorted.reduce((sum, { box }) => sum + box[length], 0);
  const gap = (last.box[axis] + last.box[length] - first.box[axis] - total) / (sorted.length - 1);
  let at = first.box[axis];
  return Object.fromEntries(
    sorted.map((one) => {
      const inner = one !== first && one !== last;
      const box = inner ? { ...one.box, [axis]: Math.round(at / cell) * cell } : one.box;
      at += one.box[length] + gap;
      return [one.id, box];
    }),
  );
}
