import type { Canvas, Layout, Output } from '../../api/types';
import { canvasOfLayout } from '../../document/job';

type Size = Pick<Canvas, 'width' | 'height'>;

/** True if a picture closes around a person who stands inside it: its left and right edges meet, and it is a strip. */
export function goesAround(layout: Layout, { width, height }: Pick<Output, 'width' | 'height'>): boolean {
  const { wrap, ...canvas } = canvasOfLayout(layout);
  const meets = layout.kind === 'texture' || wrap === 'x' || wrap === 'both';
  return meets && width === canvas.width && height === canvas.height && width >= 2 * height;
}

/** The place of a strip on the sphere around the eye: all the way around, and as high as its proportions say. A strip that is
 * half as high as wide covers the whole sphere. */
export function bandOf({ width, height }: Size) {
  const fullHeight = Math.round(width / 2);
  return {
    fullWidth: width,
    fullHeight,
    croppedWidth: width,
    croppedHeight: height,
    croppedX: 0,
    croppedY: Math.round((fullHeight - height) / 2),
  };
}

const WIDEST = 90;

/** The angles of view in degrees from top to bottom: the narrowest and the widest, and the one to begin with, at which the strip
 * fills the view. */
export function anglesOf({ width, height }: Size) {
  const high = (360 * height) / width;
  const first = Math.min(65, Math.max(2, high * 0.9));
  return { narrowest: Math.min(30, first / 2), widest: WIDEST, first };
}
