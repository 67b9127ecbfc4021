import type { Box, Canvas, Start } from '../api/types';

type Size = Pick<Canvas, 'width' | 'height'>;

/** The box of a picture on the canvas with this fit. The part to be cut is outside of the canvas. */
export function laidOver(canvas: Size, picture: Size, fit: Start['fit']): Box {
  if (fit !== 'crop') return { x: 0, y: 0, width: canvas.width, height: canvas.height };
  const scale = Math.max(canvas.width / picture.width, canvas.height / picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  return { x: (canvas.width - width) / 2, y: (canvas.height - height) / 2, width, height };
}
