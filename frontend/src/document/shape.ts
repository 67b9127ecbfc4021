import type { Box, Canvas } from '../api/types';
import { around } from '../geometry/box';
import { boundsOf, type Stroke } from '../geometry/strokes';

/** The shape of a patch, or of the part of the start picture that is redrawn: a box, the upload of a mask, or neither,
 * and the strokes that are painted over it. A shape with strokes becomes a mask. */
export interface Shape {
  box?: Box | null;
  mask?: string | null;
  strokes?: readonly Stroke[];
}

type Size = Pick<Canvas, 'width' | 'height'>;

const wholeOf = ({ width, height }: Size): Box => ({ x: 0, y: 0, width, height });

/** True if strokes are painted over the shape. */
export const isPainted = ({ strokes }: Shape): boolean => strokes !== undefined && strokes.length > 0;

/** The frame of a shape, as far as the browser knows it; null if nothing of it lies on the canvas. Only the server knows
 * where a mask lies. */
export function frameOf({ box, mask, strokes = [] }: Shape, canvas: Size): Box | null {
  if (mask != null) return wholeOf(canvas);
  const painted = boundsOf(strokes, canvas);
  return box && painted ? around([box, painted]) : (box ?? painted);
}

/** A shape without its strokes, as the document has it. A stroke counts once it is part of a mask. Until then, strokes
 * over nothing are their frame. */
export function unpainted<One extends Shape>(one: One, canvas: Size): Omit<One, 'strokes'> {
  const { strokes, ...ground } = one;
  if (!isPainted(one) || one.box || one.mask != null) return ground;
  return { ...ground, box: frameOf({ strokes }, canvas) ?? wholeOf(canvas) };
}
