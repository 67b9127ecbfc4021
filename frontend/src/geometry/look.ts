import type { Canvas, Transform } from '../api/types';

type Size = Pick<Canvas, 'width' | 'height'>;

/** The transform of a picture that shows it mirrored or turned (counter-clockwise, like the views of an illusion) about
 * the middle of its canvas. A quarter turn shrinks a picture that is not square until it fits. */
export interface Placement {
  x: number;
  y: number;
  offsetX: number;
  offsetY: number;
  rotation: number;
  scaleX: number;
  scaleY: number;
}

const TURNS: Partial<Record<Transform, number>> = { rotate_90: -90, rotate_180: 180, rotate_270: 90 }; // clockwise degrees

export function placed(transform: Transform, { width, height }: Size): Placement {
  const rotation = TURNS[transform] ?? 0;
  const scale = rotation === 0 || rotation === 180 ? 1 : Math.min(width / height, height / width);
  return {
    x: width / 2,
    y: height / 2,
    offsetX: width / 2,
    offsetY: height / 2,
    rotation,
    scaleX: transform === 'flip_x' ? -1 : scale,
    scaleY: transform === 'flip_y' ? -1 : scale,
  };
}
