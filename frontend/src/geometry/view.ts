import type { Canvas } from '../api/types';
import type { Point } from './box';

/** The position of the canvas on the screen: screen = canvas * scale + (x, y). */
export interface View extends Point {
  scale: number;
}

const LARGEST = 6; // screen pixels per canvas pixel; beyond that, a small picture is only blurred

/** The view that shows the canvas as large as it fits into an area, centred, with a margin. */
export function fitView(
  canvas: Pick<Canvas, 'width' | 'height'>,
  area: { width: number; height: number },
  margin: number,
): View {
  const room = (length: number) => Math.max(1, length - 2 * margin);
  const scale = Math.min(room(area.width) / canvas.width, room(area.height) / canvas.height, LARGEST);
  return {
    scale,
    x: Math.round((area.width - canvas.width * scale) / 2),
    y: Math.round((area.height - canvas.height * scale) / 2),
  };
}

export const toCanvas = (view: View, screen: Point): Point => ({
  x: (screen.x - view.x) / view.scale,
  y: (screen.y - view.y) / view.scale,
});

/** The distance between the dots of the latent grid, in canvas pixels: every 1, 2, 4 ... cells, so that the dots stay
 * apart. */
export function dotSpacing(cell: number, scale: number, apart = 10): number {
  let spacing = cell;
  while (spacing * scale < apart) spacing *= 2;
  return spacing;
}
