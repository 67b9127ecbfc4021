import type { PreviewSide } from '../api/types';

const SIDES: readonly PreviewSide[] = ['x0', 'noisy', 'residual', 'weights']; // by their number in a frame's header

/** A preview of one node of a job. `node` is an index over the graph's controls and then its observables. */
export interface PreviewFrame {
  job: string;
  step: number;
  node: number;
  what: PreviewSide;
  /** The picture as it was sent: JPEG or WebP. */
  image: Uint8Array<ArrayBuffer>;
}

const VERSION = 1;
const HEADER = 23; // bytes: u8 version, 16 of the job's id, u32 step, u8 node, u8 what; big-endian

function uuid(bytes: Uint8Array): string {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Read a binary message (docs/protocol.md, Previews); null if it is truncated or of another version. */
export function readFrame(message: ArrayBuffer): PreviewFrame | null {
  if (message.byteLength <= HEADER) return null;
  const view = new DataView(message);
  const what = SIDES[view.getUint8(22)];
  if (view.getUint8(0) !== VERSION || what === undefined) return null;
  return {
    job: uuid(new Uint8Array(message, 1, 16)),
    step: view.getUint32(17),
    node: view.getUint8(21),
    what,
    image: new Uint8Array(message, HEADER),
  };
}

/** Decode the picture of a frame, off the main thread. Rejects if it is damaged. */
export const decode = (image: Uint8Array<ArrayBuffer>): Promise<ImageBitmap> =>
  createImageBitmap(new Blob([image], { type: image[0] === 0xff ? 'image/jpeg' : 'image/webp' }));

/** Read the answer of many frames: each is a binary message after its length as u32, big-endian. A truncated end is left
 * out. */
export function readFrames(answer: ArrayBuffer): PreviewFrame[] {
  const view = new DataView(answer);
  const frames: PreviewFrame[] = [];
  for (let at = 0; at + 4 <= answer.byteLength; ) {
    const end = at + 4 + view.getUint32(at);
    const frame = end <= answer.byteLength ? readFrame(answer.slice(at + 4, end)) : null;
    if (frame) frames.push(frame);
    at = end;
  }
  return frames;
}
