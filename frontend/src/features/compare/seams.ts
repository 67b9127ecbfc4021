import type { Box } from '../../api/types';

/** A decoded picture: bytes of red, green, blue and alpha, row by row. */
export interface Pixels {
  data: Uint8ClampedArray;
  width: number;
  height: number;
}

const AT_ONCE = 400_000; // pixels between two pauses, some 10 ms

/** The jumps that cross a border: to the right of a pixel and below it, one byte for each pixel. */
function bordersOf({ width, height }: Pixels, boxes: readonly Box[]) {
  const [right, down] = [new Uint8Array(width * height), new Uint8Array(width * height)];
  let [across, along] = [false, false];
  for (const box of boxes) {
    const [left, top] = [Math.max(0, box.x), Math.max(0, box.y)];
    const [end, bottom] = [Math.min(width, box.x + box.width), Math.min(height, box.y + box.height)];
    for (const x of [box.x, box.x + box.width]) {
      if (x <= 0 || x >= width || bottom <= top) continue;
      across = true;
      for (let y = top; y < bottom; y++) right[y * width + x - 1] = 1;
    }
    for (const y of [box.y, box.y + box.height]) {
      if (y <= 0 || y >= height || end <= left) continue;
      along = true;
      down.fill(1, (y - 1) * width + left, (y - 1) * width + end);
    }
  }
  return { right, down, across, along };
}

const pause = () => new Promise<void>((resolve) => setTimeout(resolve));

/** Divide the mean jump across the borders of boxes by the mean jump elsewhere in the same directions: 1 means no seam.
 * A jump is the mean absolute difference of neighbouring pixels. Borders on the picture's own border do not count; the
 * score is null if no other border is left. This is `seam_score` of benchmarks/judge/seams.py; `seams.json` holds both
 * to the same numbers. It pauses now and then, so that a large picture does not stop the studio. */
export async function seamScore(picture: Pixels, boxes: readonly Box[]): Promise<number | null> {
  const { data, width, height } = picture;
  const { right, down, across, along } = bordersOf(picture, boxes);
  if (!across && !along) return null;
  const sums = [0, 0]; // elsewhere, and on a border
  const counts = [0, 0];
  const take = (at: number, other: number, on: number) => {
    let jump = 0;
    for (let channel = 0; channel < 3; channel++)
      jump += Math.abs((data[at + channel] ?? 0) - (data[other + channel] ?? 0));
    sums[on] = (sums[on] ?? 0) + jump / 3;
    counts[on] = (counts[on] ?? 0) + 1;
  };
  const rows = Math.max(1, Math.floor(AT_ONCE / width));
  for (let y = 0; y < height; y++) {
    if (y > 0 && y % rows === 0) await pause();
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x;
      if (across && x + 1 < width) take(4 * pixel, 4 * (pixel + 1), right[pixel] ?? 0);
      if (along && y + 1 < height) take(4 * pixel, 4 * (pixel + width), down[pixel] ?? 0);
    }
  }
  const [elsewhere = 0, on = 0] = sums.map((sum, index) => sum / Math.max(1, counts[index] ?? 0));
  return elsewhere === 0 ? Number(on > 0) + 1 : on / elsewhere;
}
