import {
  BufferTarget,
  CanvasSource,
  getFirstEncodableVideoCodec,
  Mp4OutputFormat,
  Output,
  QUALITY_HIGH,
} from 'mediabunny';
import { canvasFor, type Film, timeOf, type Watched } from './film';
import { NoEncoder } from './formats';

/** The film as an MP4, in H.264 if the browser can encode it, else in another codec that it can. Throws `NoEncoder`. */
export async function encodeMp4(film: Film, { progress, signal }: Watched): Promise<Blob> {
  const { width, height } = film;
  const has = typeof VideoEncoder !== 'undefined';
  const codec = has && (await getFirstEncodableVideoCodec(['avc', 'hevc', 'vp9', 'av1'], { width, height }));
  if (!codec) throw new NoEncoder();
  const [canvas, context] = canvasFor(film);
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat(), target });
  const source = new CanvasSource(canvas, { codec, quality: QUALITY_HIGH });
  output.addVideoTrack(source);
  await output.start();
  let at = 0;
  for (let frame = 0; frame < film.frames; frame++) {
    if (signal.aborted) await output.cancel();
    signal.throwIfAborted();
    await film.draw(context, frame);
    const lasts = timeOf(film, frame) / 1_000;
    await source.add(at, lasts);
    at += lasts;
    progress(frame + 1);
  }
  await output.finalize();
  if (!target.buffer) throw new Error('The encoder made no file.');
  return new Blob([target.buffer], { type: 'video/mp4' });
}
