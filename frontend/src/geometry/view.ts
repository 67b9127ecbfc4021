import type { Box } from '../api/types';
import type { Point } from './box';

export interface Size {
  width: number;
  height: number;
}

/** The position of the canvas on the screen: screen = canvas * scale + (x, y). */
export interface View extends Point {
  scale: number;
}

/** The largest scale at which a whole picture is shown, in screen pixels per canvas pixel. Larger pictures are blurred. */
export const LARGEST_FIT = 6;
const LARGEST = 32; // screen pixels per canvas pixel
const KEPT = 48; // screen pixels of the canvas that stay inside the area

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);

/** The view that shows a box of the canvas as large as it fits into an area, centred, with a margin. */
export function fitBoxView(box: Box, area: Size, margin: number, largest = LARGEST_FIT): View {
  const room = (length: number) => Math.max(1, length - 2 * margin);
  const scale = Math.min(room(area.width) / box.width, room(area.height) / box.height, largest);
  return {
    scale,
    x: Math.round(area.width / 2 - (box.x + box.width / 2) * scale),
    y: Math.round(area.height / 2 - (box.y + box.height / 2) * scale),
  };
}

/** The view that shows the whole canvas. */
export const fitView = ({ width, height }: Size, area: Size, margin: number): View =>
  fitBoxView({ x: 0, y: 0, width, height }, area, margin);

/** The scales between which one can zoom: from half of the scale at which the whole canvas fits. */
export function scalesOf(canvas: Size, area: Size): { least: number; most: number } {
  return { least: Math.min(fitView(canvas, area, 0).scale, 1) / 2, most: LARGEST };
}

/** The view at another scale, in which the canvas point under `screen` stays where it is. */
export function zoomedAt(view: View, screen: Point, scale: number): View {
  const ratio = scale / view.scale;
  return { scale, x: screen.x - (screen.x - view.x) * ratio, y: screen.y - (screen.y - view.y) * ratio };
}

/** The view moved back, so that some of the canvas stays inside the area. */
export function keptInside(view: View, canvas: Size, area: Size): View {
  const along = (start: number, length: number, room: number) =>
    clamp(start, Math.min(KEPT, room / 2) - length, room - Math.min(KEPT, room / 2));
  return {
    scale: view.scale,
    x: along(view.x, canvas.width * view.scale, area.width),
    y: along(view.y, canvas.height * view.scale, area.height),
  };
}

export const toCanvas = (view: View, screen: Point): Point => ({
  x: (screen.x - view.x) / view.scale,
  y: (screen.y - view.y) / view.scale,
});

/** The part of the canvas that the area shows; its width or height is 0 if it shows nothing. */
export function visibleBox(view: View, canvas: Size, area: Size): Box {
  const [from, to] = [toCanvas(view, { x: 0, y: 0 }), toCanvas(view, { x: area.width, y: area.height })];
  const [x, y] = [clamp(from.x, 0, canvas.width), clamp(from.y, 0, canvas.height)];
  return { x, y, width: clamp(to.x, x, canvas.width) - x, height: clamp(to.y, y, canvas.height) - y };
}

/** The distance between the dots of the latent grid, in canvas pixels: every 1, 2, 4 ... cells, so that the dots stay
 * apart. */
export function dotSpacing(cell: number, scale: number, apart = 10): number {
  let spacing = cell;
  while (spacing * scale < apart) spacing *= 2;
  return spacing;
}
