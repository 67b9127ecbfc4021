import { fetchBlob } from '../api/client';
import type { PreviewSide } from '../api/types';
import { type PreviewFrame, readFrames } from './frame';
import { Lru } from './lru';
import { missing, type Series } from './series';

type Place = Pick<Series, 'job' | 'node' | 'what'>;

const MOST_BYTES = 64 * 2 ** 20; // of frames as they were sent
const MOST_PIXELS = 2 ** 24; // of decoded frames, 4 bytes each
const STAYS = 1_000; // milliseconds in which the screen may still draw a picture that was replaced

const nameOf = ({ job, node, what }: Place, step: number) => `${job}/${node}/${what}/${step}`;

/** The steps of each node and kind whose frames this tab holds. */
const seen = new Map<string, Set<number>>();
const frames = new Lru<Blob>({
  most: MOST_BYTES,
  sizeOf: ({ size }) => size,
  onDrop: (_, name) => {
    const at = name.lastIndexOf('/');
    seen.get(name.slice(0, at))?.delete(Number(name.slice(at + 1)));
  },
});

/** How many places of the screen show a picture. A picture that is shown is not closed. */
const shown = new Map<ImageBitmap, number>();
const dropped = new WeakSet<ImageBitmap>();
const sizes = new WeakMap<ImageBitmap, number>(); // a closed picture has no size
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

const versions = new Map<string, number>();

/** Forget the frames of a job if the server's are of another version than those that were fetched before. */
function check({ job, version }: Series): void {
  if ((versions.get(job) ?? version) !== version) forget(job);
  versions.set(job, version);
}

const fetching = new Map<string, { first: number; last: number; done: Promise<void> }[]>();

async function fetchFrames({ job, name, what, version }: Series, first: number, last: number): Promise<void> {
  const path = `/api/jobs/${job}/frames/${encodeURIComponent(name)}/${what}`;
  const answer = await fetchBlob(`${path}?steps=${first}-${last}&version=${version}`);
  for (const frame of readFrames(await answer.arrayBuffer())) remember(frame);
}

/** Fetch the frames of a range that holds the step, once. */
async function fetchAround(series: Series, step: number): Promise<void> {
  const name = `${series.job}/${series.node}/${series.what}`;
  const running = fetching.get(name) ?? [];
  const same = running.find(({ first, last }) => first <= step && step <= last);
  if (same) return same.done;
  const held = (one: number) =>
    frames.has(nameOf(series, one)) || running.some(({ first, last }) => first <= one && one <= last);
  const range = missing(series, held, step);
  if (!range) return;
  const [first, last] = range;
  const one = { first, last, done: fetchFrames(series, first, last) };
  fetching.set(name, [...running, one]);
  try {
    await one.done;
  } finally {
    fetching.set(name, fetching.get(name)?.filter((other) => other !== one) ?? []);
  }
}

/** A frame as it was sent; null if it is not kept. Throws an `ApiProblem` if it cannot be fetched. */
export async function frameOf(series: Series, step: number): Promise<Blob | null> {
  check(series);
  if (!frames.has(nameOf(series, step))) await fetchAround(series, step);
  return frames.get(nameOf(series, step)) ?? null;
}

const decoding = new Map<string, Promise<ImageBitmap | null>>();

async function decode(series: Series, step: number, name: string): Promise<ImageBitmap | null> {
  const frame = await frameOf(series, step);
  const picture = frame && (await createImageBitmap(frame).catch(() => null));
  if (!picture) return null;
  sizes.set(picture, picture.width * picture.height);
  decoded.put(name, picture);
  return picture;
}

/** A frame as a picture; null if it is not kept. Call `show` before the next picture is asked for. */
export function pictureOf(series: Series, step: number): Promise<ImageBitmap | null> {
  check(series);
  const name = nameOf(series, step);
  const held = decoded.get(name);
  if (held) return Promise.resolve(held);
  const asked = decoding.get(name) ?? decode(series, step, name).finally(() => decoding.delete(name));
  decoding.set(name, asked);
  return asked;
}
