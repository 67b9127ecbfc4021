/** A grey picture in which white is opaque and black is transparent. */
export function greyAsAlpha(grey: ImageBitmap): OffscreenCanvas {
  const canvas = new OffscreenCanvas(grey.width, grey.height);
  const context = contextOf(canvas);
  context.drawImage(grey, 0, 0);
  const shape = context.getImageData(0, 0, grey.width, grey.height);
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
