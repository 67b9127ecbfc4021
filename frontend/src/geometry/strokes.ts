import type { Point } from './box';

/** A stroke of a round brush. `colour` is "#rrggbb", or null for the eraser. `size` is the brush's diameter and `points`
 * are x, y, x, y ... along the stroke, in canvas pixels. */
export interface Stroke {
  colour: string | null;
  size: number;
  points: readonly number[];
}

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

const tenth = (value: number) => Math.round(10 * value) / 10;

/** The points with one more at the end, unless it is closer than `apart` to the last one. */
export function lengthened(points: readonly number[], { x, y }: Point, apart: number): readonly number[] {
  const [lastX = Number.NaN, lastY = Number.NaN] = points.slice(-2);
  return Math.hypot(x - lastX, y - lastY) < apart ? points : [...points, tenth(x), tenth(y)];
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

/** Draw strokes over what is there. The eraser makes it transparent. */
export function drawStrokes(context: Context, strokes: readonly Stroke[]): void {
  context.save();
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const { colour, size, points } of strokes) {
    context.globalCompositeOperation = colour === null ? 'destination-out' : 'source-over';
    context.strokeStyle = colour ?? '#000';
    context.lineWidth = size;
    trace(context, points);
    context.stroke();
  }
  context.restore();
}
