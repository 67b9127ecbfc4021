import { canvasFor, type Film, timeOf, type Watched } from './film';
import { NoEncoder } from './formats';

const wait = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

/** The film as a WebM, recorded while it plays: for browsers without a video encoder. Throws `NoEncoder`. */
export async function encodeWebm(film: Film, { progress, signal }: Watched): Promise<Blob> {
  if (typeof MediaRecorder === 'undefined' || !MediaRecorder.isTypeSupported('video/webm')) throw new NoEncoder();
  const [canvas, context] = canvasFor(film);
  await film.draw(context, 0);
  const recorder = new MediaRecorder(canvas.captureStream(), { mimeType: 'video/webm' });
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const ended = new Promise((done) => {
    recorder.onstop = done;
  });
  recorder.start();
  try {
    for (let frame = 0; frame < film.frames; frame++) {
      signal.throwIfAborted();
      await film.draw(context, frame);
      progress(frame + 1);
      await wait(timeOf(film, frame));
    }
  } finally {
    recorder.stop();
  }
  await ended;
  return new Blob(parts, { type: 'video/webm' });
}
