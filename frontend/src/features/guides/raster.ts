import type { Box, Canvas, Start } from '../../api/types';
import { laidOver } from '../../geometry/fit';
import { drawStrokes, type Stroke } from '../../geometry/strokes';
import { contextOf, greyAsAlpha } from '../pictures/alpha';

type Size = Pick<Canvas, 'width' | 'height'>;

/** The picture below the strokes of a sketch, and the part of it that counts. */
export interface Base {
  picture: ImageBitmap;
  fit: Start['fit'];
  box: Box | null;
  mask: ImageBitmap | null;
}

/** Draw a picture over the whole canvas, and leave only its part inside the box or the mask. */
function drawBase(context: OffscreenCanvasRenderingContext2D, { picture, fit, box, mask }: Base, canvas: Size): void {
  const { x, y, width, height } = laidOver(canvas, picture, fit);
  context.save();
  if (box) {
    context.beginPath();
    context.rect(box.x, box.y, box.width, box.height);
    context.clip();
  }
  context.drawImage(picture, x, y, width, height);
  if (mask) {
    context.globalCompositeOperation = 'destination-in';
    context.drawImage(greyAsAlpha(mask), 0, 0, canvas.width, canvas.height);
  }
  context.restore();
}

/** A sketch as a picture of the canvas's size, transparent where nothing is painted. */
export function rastered(base: Base | null, strokes: readonly Stroke[], { width, height }: Size): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  const context = contextOf(canvas);
  if (base) drawBase(context, base, { width, height });
  drawStrokes(context, strokes);
  return canvas;
}

/** Spread the painted colours over the transparent parts, so that encoding the picture meets no false edge there. */
function spread(painted: OffscreenCanvas): ImageData {
  const { width, height } = painted;
  const canvas = new OffscreenCanvas(width, height);
  const context = contextOf(canvas);
  context.drawImage(painted, 0, 0);
  context.globalCompositeOperation = 'destination-over';
  for (let by = 2; by < 2 * Math.max(width, height); by *= 2) {
    const small = new OffscreenCanvas(Math.ceil(width / by), Math.ceil(height / by));
    contextOf(small).drawImage(painted, 0, 0, small.width, small.height);
    context.drawImage(small, 0, 0, width, height);
  }
  return context.getImageData(0, 0, width, height); // with the colours as they are, whatever their opacity
}

const asPng = (image: ImageData): Promise<Blob> => {
  const canvas = new OffscreenCanvas(image.width, image.height);
  contextOf(canvas).putImageData(image, 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
};

/** The PNGs of a sketch. */
export interface Pngs {
  picture: Blob;
  /** White where something is painted; null if everything is. */
  mask: Blob | null;
}

/** The sketch as an opaque picture and a mask; null if nothing is painted. */
export async function pngsOf(painted: OffscreenCanvas): Promise<Pngs | null> {
  const { width, height } = painted;
  const alpha = contextOf(painted).getImageData(0, 0, width, height);
  const picture = spread(painted);
  let [least, most] = [255, 0];
  for (let at = 0; at < alpha.data.length; at += 4) {
    const opacity = alpha.data[at + 3] ?? 0;
    [least, most] = [Math.min(least, opacity), Math.max(most, opacity)];
    alpha.data.fill(opacity, at, at + 3);
    alpha.data[at + 3] = 255;
    picture.data[at + 3] = 255;
  }
  if (most === 0) return null;
  return { picture: await asPng(picture), mask: least === 255 ? null : await asPng(alpha) };
}
