import type { Box, Canvas, Start } from '../../api/types';
import { laidOver } from '../../geometry/fit';
import { drawStrokes, type Stroke } from '../../geometry/strokes';
import { contextOf, greyAsAlpha } from '../pictures/alpha';

type Size = Pick<Canvas, 'width' | 'height'>;

const MOST_SHOWN = 2 ** 22; // pixels of a raster that is only shown, which take 16 MB

/** The size of a raster that shows what is painted on a canvas: that of the canvas, or less for a large one. */
export function shownSize({ width, height }: Size): Size {
  const scale = Math.min(1, Math.sqrt(MOST_SHOWN / (width * height)));
  const scaled = (length: number) => Math.max(1, Math.floor(length * scale));
  return { width: scaled(width), height: scaled(height) };
}

/** An empty raster of this size, and its context, which draws in the pixels of the canvas. */
function rasterFor(canvas: Size, size: Size): { raster: OffscreenCanvas; context: OffscreenCanvasRenderingContext2D } {
  const raster = new OffscreenCanvas(size.width, size.height);
  const context = contextOf(raster);
  context.scale(size.width / canvas.width, size.height / canvas.height);
  return { raster, context };
}

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
    context.drawImage(greyAsAlpha(mask, context.canvas), 0, 0, canvas.width, canvas.height);
  }
  context.restore();
}

/** The shape below the strokes of a mask. */
export interface MaskGround {
  box: Box | null;
  mask: ImageBitmap | null;
}

/** A mask as a picture of the canvas, transparent outside the mask. It has the canvas's size if no other is given. */
export function rasteredMask({ box, mask }: MaskGround, strokes: readonly Stroke[], canvas: Size, size = canvas) {
  const { raster, context } = rasterFor(canvas, size);
  if (mask) context.drawImage(greyAsAlpha(mask, size), 0, 0, canvas.width, canvas.height);
  context.fillStyle = '#ffffff';
  if (box) context.fillRect(box.x, box.y, box.width, box.height);
  drawStrokes(context, strokes);
  return raster;
}

/** A painted picture of the canvas with one more stroke. */
export function withStrokeOver(painted: OffscreenCanvas, stroke: Stroke, canvas: Size): OffscreenCanvas {
  const { raster, context } = rasterFor(canvas, painted);
  context.drawImage(painted, 0, 0, canvas.width, canvas.height);
  drawStrokes(context, [stroke]);
  return raster;
}

/** A painted picture in one colour, as opaque as it was. */
export function tinted(painted: OffscreenCanvas, colour: string): OffscreenCanvas {
  const canvas = new OffscreenCanvas(painted.width, painted.height);
  const context = contextOf(canvas);
  context.drawImage(painted, 0, 0);
  context.globalCompositeOperation = 'source-in';
  context.fillStyle = colour;
  context.fillRect(0, 0, canvas.width, canvas.height);
  return canvas;
}

/** A sketch as a picture of the canvas, transparent where nothing is painted. It has the canvas's size if no other is
 * given. */
export function rastered(base: Base | null, strokes: readonly Stroke[], canvas: Size, size = canvas): OffscreenCanvas {
  const { raster, context } = rasterFor(canvas, size);
  if (base) drawBase(context, base, canvas);
  drawStrokes(context, strokes);
  return raster;
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

/** The opacity of each pixel as a grey picture: white where it is opaque. Also the least and the largest one. */
function opacityOf(painted: OffscreenCanvas): { grey: ImageData; least: number; most: number } {
  const grey = contextOf(painted).getImageData(0, 0, painted.width, painted.height);
  let [least, most] = [255, 0];
  for (let at = 0; at < grey.data.length; at += 4) {
    const opacity = grey.data[at + 3] ?? 0;
    [least, most] = [Math.min(least, opacity), Math.max(most, opacity)];
    grey.data.fill(opacity, at, at + 3);
    grey.data[at + 3] = 255;
  }
  return { grey, least, most };
}

/** A painted mask as a PNG, white inside the mask. */
export const maskPng = (painted: OffscreenCanvas): Promise<Blob> => asPng(opacityOf(painted).grey);

/** The sketch as an opaque picture and a mask; null if nothing is painted. */
export async function pngsOf(painted: OffscreenCanvas): Promise<Pngs | null> {
  const { grey, least, most } = opacityOf(painted);
  if (most === 0) return null;
  const picture = spread(painted);
  for (let at = 3; at < picture.data.length; at += 4) picture.data[at] = 255;
  return { picture: await asPng(picture), mask: least === 255 ? null : await asPng(grey) };
}
