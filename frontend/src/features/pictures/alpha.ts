interface Size {
  width: number;
  height: number;
}

/** A grey picture in which white is opaque and black is transparent, made no larger than `most`. */
export function greyAsAlpha(grey: ImageBitmap, most: Size): OffscreenCanvas {
  const [width, height] = [Math.min(grey.width, most.width), Math.min(grey.height, most.height)];
  const canvas = new OffscreenCanvas(width, height);
  const context = contextOf(canvas);
  context.drawImage(grey, 0, 0, width, height);
  const shape = context.getImageData(0, 0, width, height);
  for (let at = 0; at < shape.data.length; at += 4) shape.data[at + 3] = shape.data[at] ?? 0;
  context.putImageData(shape, 0, 0);
  return canvas;
}

/** The context of a canvas. Browsers give none only to a canvas that has a context of another kind. */
export function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('The browser gives no 2D context.');
  return context;
}
