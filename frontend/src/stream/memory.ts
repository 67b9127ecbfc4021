import type { PreviewSide } from '../api/types';
import type { PreviewFrame } from './frame';
import { Lru } from './lru';
import type { Series } from './series';

type Place = Pick<Series, 'job' | 'node' | 'what'>;

const MOST_BYTES = 64 * 2 ** 20; // of frames as they were sent
const MOST_PIXELS = 2 ** 24; // of decoded frames, 4 bytes each
const STAYS = 1_000; // milliseconds in which the screen may still draw a picture that was replaced

export const nameOf = ({ job, node, what }: Place, step: number) => `${job}/${node}/${what}/${step}`;

/** The steps of each node and kind whose frames this tab holds. */
const seen = new Map<string, Set<number>>();
export const frames = new Lru<PreviewFrame['image']>({
  most: MOST_BYTES,
  sizeOf: ({ byteLength }) => byteLength,
  onDrop: (_, name) => {
    const at = name.lastIndexOf('/');
    seen.get(name.slice(0, at))?.delete(Number(name.slice(at + 1)));
  },
});

/** How many places of the screen show a picture. A picture that is shown is not closed. */
const shown = new Map<ImageBitmap, number>();
const dropped = new WeakSet<ImageBitmap>();
const sizes = new WeakMap<ImageBitmap, number>(); // pixels; a closed picture has none
const decoded = new Lru<ImageBitmap>({
  most: MOST_PIXELS,
  sizeOf: (picture) => sizes.get(picture) ?? 0,
  onDrop: (picture) => {
    if (shown.has(picture)) dropped.add(picture);
    else picture.close();
  },
});

/** Keep a picture open until the returned function is called. */
export function show(picture: ImageBitmap): () => void {
  shown.set(picture, (shown.get(picture) ?? 0) + 1);
  return () => {
    setTimeout(() => {
      const places = (shown.get(picture) ?? 1) - 1;
      if (places > 0) shown.set(picture, places);
      else shown.delete(picture);
      if (places === 0 && dropped.has(picture)) picture.close();
    }, STAYS);
  };
}

/** Remember a frame, so that its step can be shown again. */
export function remember({ job, node, what, step, image }: PreviewFrame): void {
  const place = { job, node, what };
  frames.put(nameOf(place, step), image);
  const series = `${job}/${node}/${what}`;
  seen.set(series, (seen.get(series) ?? new Set()).add(step));
}

/** The steps of a node whose frames this tab holds. */
export const stepsSeen = (job: string, node: number, what: PreviewSide): number[] => [
  ...(seen.get(`${job}/${node}/${what}`) ?? []),
];

/** Forget the frames of a job, because another attempt makes them again. */
export function forget(job: string): void {
  frames.dropAll(`${job}/`);
  decoded.dropAll(`${job}/`);
}

/** Keep a decoded frame, so that it need not be decoded again. */
export function keepDecoded(name: string, picture: ImageBitmap): void {
  sizes.set(picture, picture.width * picture.height);
  decoded.put(name, picture);
}

export const decodedOf = (name: string): ImageBitmap | undefined => decoded.get(name);
