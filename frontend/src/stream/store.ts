import { create } from 'zustand';
import type { Event, PreviewSide } from '../api/types';
import { decode, type PreviewFrame } from './frame';
import { forget } from './memory';
import { closeGap, newer, reduce, type Shown, type Streams } from './reducer';
import { retire } from './retire';

/** The state that changes many times a second. It is never undone and never saved. */
interface StreamState {
  connected: boolean;
  jobs: Streams;
  /** Job -> view -> the newest picture of it. */
  previews: Readonly<Record<string, Readonly<Record<string, Shown<ImageBitmap>>>>>;
}

const MOST_SHOWN = 24; // jobs whose previews are held; a grid has 16

export const useStream = create<StreamState>(() => ({ connected: false, jobs: {}, previews: {} }));

/** The key of a node's preview in the store. */
export const viewOf = (node: number, what: PreviewSide): string => `${node}/${what}`;

/** Free the pictures that one state shows and the next one does not. */
useStream.subscribe(({ previews: now }, { previews: before }) => {
  if (now === before) return;
  for (const [job, views] of Object.entries(before)) {
    if (views === now[job]) continue;
    for (const [view, { picture }] of Object.entries(views)) {
      if (now[job]?.[view]?.picture !== picture) retire(picture);
    }
  }
});

export function takeEvents(events: readonly Event[]): void {
  useStream.setState((now) => {
    const previews = { ...now.previews };
    for (const event of events) {
      const known = now.jobs[event.job_id]?.seq ?? 0;
      if (event.type !== 'job_started' || event.seq <= known) continue;
      delete previews[event.job_id];
      if (event.attempt > 1) forget(event.job_id);
    }
    return { jobs: events.reduce(reduce, now.jobs), previews };
  });
}

export const gapClosed = (job: string) => useStream.setState((now) => ({ jobs: closeGap(now.jobs, job) }));

/** Decode a preview off the main thread and show it, unless a newer one has arrived since. */
export async function takePreview(frame: PreviewFrame): Promise<void> {
  const picture = await decode(frame.image).catch(() => null);
  if (picture === null) return;
  useStream.setState((now) => {
    const views = now.previews[frame.job] ?? {};
    const view = viewOf(frame.node, frame.what);
    const shown = newer(views[view], frame.step, picture);
    if (shown.picture !== picture) retire(picture);
    const { [frame.job]: _, ...others } = now.previews; // the job with the newest frame is the last one
    const kept = Object.entries(others).slice(1 - MOST_SHOWN);
    return { previews: { ...Object.fromEntries(kept), [frame.job]: { ...views, [view]: shown } } };
  });
}
