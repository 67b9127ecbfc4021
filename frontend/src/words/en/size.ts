/** The words of the fields of the whole canvas. */
export const size = {
  sizes: 'Canvas size',
  resize: (size: string) => `Canvas size: ${size}`,
  keywords: 'resize width height wide larger smaller resolution',
  custom: 'Custom size',
  width: 'Canvas width in pixels',
  height: 'Canvas height in pixels',
  cells: (pixels: number) => `the model’s grid has cells of ${pixels} pixels.`,
  ofGraph: (width: number, height: number) => `${width} × ${height}, set by the graph`,
  direction: 'Direction of the panorama',
  horizontal: 'Horizontal',
  vertical: 'Vertical',
  wrap: 'Wrap',
  wrapHint: 'Opposite edges meet without a seam.',
  wraps: { none: 'Wrap: none', x: 'Wrap: left-right', y: 'Wrap: top-bottom', both: 'Wrap: both' },
  small: (model: string, native: number, part: string, width: number, height: number) =>
    `${model} was trained on pictures of ${native} × ${native} pixels, and ${part} has ${width} × ${height}.`,
  parts: { canvas: 'this canvas', head: 'the box of the head' },
  enlarge: (times: number) => `Make the layout ${times} times as large`,
  masksStay: 'Masks cannot grow with the canvas. Enlarge it, and paint them again.',
  outside: (count: number) =>
    count === 1 ? '1 box reaches outside the canvas.' : `${count} boxes reach outside the canvas.`,
  bringInside: 'Bring inside',
};
