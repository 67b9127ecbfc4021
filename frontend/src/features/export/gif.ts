import { applyPalette, GIFEncoder, quantize } from 'gifenc';
import { canvasFor, type Film, timeOf, type Watched } from './film';

const COLOURS = 256;

/** Let the browser draw and take input between two frames. */
const breath = () => new Promise((done) => setTimeout(done, 0));

/** The film as a GIF that repeats. Each frame has a palette of its own. */
export async function encodeGif(film: Film, { progress, signal }: Watched): Promise<Blob> {
  const { width, height, frames } = film;
  const [, context] = canvasFor(film, true);
  const gif = GIFEncoder();
  for (let frame = 0; frame < frames; frame++) {
    await breath();
    signal.throwIfAborted();
    await film.draw(context, frame);
    const { data } = context.getImageData(0, 0, width, height);
    const palette = quantize(data, COLOURS);
    gif.writeFrame(applyPalette(data, palette), width, height, { palette, delay: timeOf(film, frame), repeat: 0 });
    progress(frame + 1);
  }
  gif.finish();
  return new Blob([gif.bytes()], { type: 'image/gif' });
}
