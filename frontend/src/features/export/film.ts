import { decode } from '../../stream/frame';
import { frameOf } from '../../stream/frames';
import type { Series } from '../../stream/series';

const FRAME_TIME = 100; // milliseconds
const LAST_TIME = 1_500; // milliseconds that the last frame stays

/** The frames of a run as a film. */
export interface Film {
  /** Pixels; both are even, as video encoders ask for. */
  width: number;
  height: number;
  frames: number;
  /** Draw a frame, counted from 0. */
  draw: (context: CanvasRenderingContext2D, frame: number) => Promise<void>;
}

/** How an export tells how far it is, and learns that it is cancelled. */
export interface Watched {
  progress: (done: number) => void;
  signal: AbortSignal;
}

/** The milliseconds that a frame stays. */
export const timeOf = ({ frames }: Pick<Film, 'frames'>, frame: number): number =>
  frame === frames - 1 ? LAST_TIME : FRAME_TIME;

const even = (pixels: number) => pixels + (pixels % 2);

async function decoded(series: Series, step: number): Promise<ImageBitmap> {
  const frame = await frameOf(series, step);
  if (!frame) throw new Error(`There is no frame of step ${step}.`);
  return decode(frame);
}

/** The film of all frames of a node. Its size is that of the last frame. */
export async function filmOf(series: Series): Promise<Film> {
  const { steps } = series;
  const last = await decoded(series, steps.at(-1) ?? 0);
  const [width, height] = [even(last.width), even(last.height)];
  last.close();
  return {
    width,
    height,
    frames: steps.length,
    draw: async (context, frame) => {
      const picture = await decoded(series, steps[frame] ?? 0);
      context.drawImage(picture, 0, 0, width, height);
      picture.close();
    },
  };
}

/** A canvas of the film's size, and its context. */
export function canvasFor({ width, height }: Film, reads = false): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d', { willReadFrequently: reads });
  if (!context) throw new Error('This browser offers no drawing surface.');
  return [canvas, context];
}
