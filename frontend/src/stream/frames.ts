import { fetchBlob } from '../api/client';
import { decode, type PreviewFrame, readFrames } from './frame';
import { decodedOf, forget, frames, keepDecoded, nameOf, remember } from './memory';
import { missing, type Series } from './series';

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
export async function frameOf(series: Series, step: number): Promise<PreviewFrame['image'] | null> {
  check(series);
  if (!frames.has(nameOf(series, step))) await fetchAround(series, step);
  return frames.get(nameOf(series, step)) ?? null;
}

const decoding = new Map<string, Promise<ImageBitmap | null>>();

async function decodeStep(series: Series, step: number, name: string): Promise<ImageBitmap | null> {
  const frame = await frameOf(series, step);
  const picture = frame && (await decode(frame).catch(() => null));
  if (!picture) return null;
  keepDecoded(name, picture);
  return picture;
}

/** A frame as a picture; null if it is not kept. Call `show` before the next picture is asked for. */
export function pictureOf(series: Series, step: number): Promise<ImageBitmap | null> {
  check(series);
  const name = nameOf(series, step);
  const held = decodedOf(name);
  if (held) return Promise.resolve(held);
  const asked = decoding.get(name) ?? decodeStep(series, step, name).finally(() => decoding.delete(name));
  decoding.set(name, asked);
  return asked;
}
