import { expect, it, vi } from 'vitest';
import { decode, readFrame, readFrames } from './frame';

const JOB = '0f8fad5b-d9cb-469f-a165-70867728950e';

function frame({ version = 1, step = 12, node = 3, what = 1, image = [0xff, 0xd8, 0xff] } = {}): ArrayBuffer {
  const bytes = new Uint8Array(23 + image.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, version);
  const id = JOB.replaceAll('-', '');
  for (let at = 0; at < 16; at++) view.setUint8(1 + at, Number.parseInt(id.slice(2 * at, 2 * at + 2), 16));
  view.setUint32(17, step);
  view.setUint8(21, node);
  view.setUint8(22, what);
  bytes.set(image, 23);
  return bytes.buffer;
}

it('reads the header and the picture of a frame', async () => {
  const read = readFrame(frame({ step: 70_000 }));
  expect(read).toMatchObject({ job: JOB, step: 70_000, node: 3, what: 'noisy' });
  expect(read?.image).toEqual(new Uint8Array([0xff, 0xd8, 0xff]));
});

it('knows WebP from JPEG', async () => {
  vi.stubGlobal('createImageBitmap', async ({ type }: Blob) => type);
  expect(await decode(new Uint8Array([0xff, 0xd8, 0xff]))).toBe('image/jpeg');
  expect(await decode(new Uint8Array([0x52, 0x49, 0x46, 0x46]))).toBe('image/webp');
  vi.unstubAllGlobals();
});

it('refuses other versions, unknown kinds and truncated frames', () => {
  expect(readFrame(frame({ version: 2 }))).toBeNull();
  expect(readFrame(frame({ what: 9 }))).toBeNull();
  expect(readFrame(frame({ image: [] }))).toBeNull();
  expect(readFrame(new ArrayBuffer(5))).toBeNull();
});

it('reads an answer of many frames, and leaves out a truncated end', () => {
  const messages = [1, 2, 3].map((step) => new Uint8Array(frame({ step })));
  const answer = messages.flatMap((message) => [0, 0, 0, message.length, ...message]);
  expect(readFrames(new Uint8Array(answer).buffer).map(({ step }) => step)).toEqual([1, 2, 3]);
  expect(readFrames(new Uint8Array(answer.slice(0, -1)).buffer).map(({ step }) => step)).toEqual([1, 2]);
});
