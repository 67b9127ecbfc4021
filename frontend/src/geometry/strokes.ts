import type { Box, Canvas } from '../api/types';
import type { Point } from './box';

/** A stroke of a round brush, or with `filled` the area inside a line. `colour` is "#rrggbb", or null for the eraser.
 * `size` is the brush's diameter and `points` are x, y, x, y ... along the stroke, in canvas pixels. `soft` is the part
 * of the brush's radius over which the edge fades: none by default, 1 for all of it. */
export interface Stroke {
  colour: string | null;
  size: number;
  soft?: number;
  points: readonly number[];
  filled?: true;
}

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

const tenth = (value: number) => Math.round(10 * value) / 10;

/** The points with one more at the end, unless it is closer than `apart` to the last one. */
export function lengthened(points: readonly number[], { x, y }: Point, apart: number): readonly number[] {
  const [lastX = Number.NaN, lastY = Number.NaN] = points.slice(-2);
  return Math.hypot(x - lastX, y - lastY) < apart ? points : [...points, tenth(x), tenth(y)];
}

/** The pixels over which the edge of a stroke fades. */
const fadeOf = ({ size, soft = 0 }: Stroke): number => (soft * size) / 2;

/** The box around all that strokes paint on a canvas; null if they paint nothing there. The eraser paints nothing. */
export function boundsOf(strokes: readonly Stroke[], canvas: Pick<Canvas, 'width' | 'height'>): Box | null {
  let [left, top, right, bottom] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 0];
  for (const stroke of strokes) {
    if (stroke.colour === null) continue;
    const reach = stroke.filled ? fadeOf(stroke) / 2 : stroke.size / 2;
    stroke.points.forEach((value, at) => {
      if (at % 2 === 0) [left, right] = [Math.min(left, value - reach), Math.max(right, value + reach)];
      else [top, bottom] = [Math.min(top, value - reach), Math.max(bottom, value + reach)];
    });
  }
  const [x, y] = [Math.max(0, Math.floor(left)), Math.max(0, Math.floor(top))];
  const width = Math.min(canvas.width, Math.ceil(right)) - x;
  const height = Math.min(canvas.height, Math.ceil(bottom)) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : null;
}

/** Trace a smooth line: each point pulls the curve between the middles of its two segments. */
function trace(context: Context, points: readonly number[]): void {
  const [x = 0, y = 0] = points;
  context.beginPath();
  context.moveTo(x, y);
  for (let at = 2; at + 3 < points.length; at += 2) {
    const [ownX = 0, ownY = 0, nextX = 0, nextY = 0] = points.slice(at, at + 4);
    context.quadraticCurveTo(ownX, ownY, (ownX + nextX) / 2, (ownY + nextY) / 2);
  }
  const [endX = x, endY = y] = points.slice(-2);
  context.lineTo(endX, endY + (points.length === 2 ? 0.01 : 0)); // a line without length would not be drawn
}

/** Fill the area inside a line whose corners stay sharp. */
function fillInside(context: Context, points: readonly number[]): void {
  context.beginPath();
  for (let at = 0; at + 1 < points.length; at += 2) context.lineTo(points[at] ?? 0, points[at + 1] ?? 0);
  context.fill();
}

/** Draw a soft stroke: only its shadow, a blurred copy, falls on the canvas. Every browser has shadows, and not every
 * one has the blur of `filter`. */
function castShadow(context: Context, colour: string, fade: number): void {
  const scale = context.getTransform().a; // shadows are measured in pixels of the raster
  const far = 2 * context.canvas.width + 10_000; // beyond every canvas
  context.translate(-far / scale, 0);
  context.shadowOffsetX = far;
  context.shadowColor = colour;
  context.shadowBlur = (scale * fade) / 2; // twice the deviation; the edge fades over four deviations
}

function drawStroke(context: Context, stroke: Stroke): void {
  const { colour, size, points, filled } = stroke;
  const [ink, fade] = [colour ?? '#000000', fadeOf(stroke)];
  context.save();
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.globalCompositeOperation = colour === null ? 'destination-out' : 'source-over';
  context.strokeStyle = ink;
  context.fillStyle = ink;
  context.lineWidth = Math.max(1, size - fade);
  if (fade > 0) castShadow(context, ink, fade);
  if (filled) fillInside(context, points);
  else {
    trace(context, points);
    context.stroke();
  }
  context.restore();
}

/** Draw strokes over what is there. The eraser makes it transparent. */
export function drawStrokes(context: Context, strokes: readonly Stroke[]): void {
  for (const stroke of strokes) drawStroke(context, stroke);
}
