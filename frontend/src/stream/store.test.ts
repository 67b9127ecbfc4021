import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { takeEvents, takePreview, useStream } from './store';

const JOB = 'b0f4a6c2-0000-4000-8000-000000000001';
const closed: number[] = [];

/** Decoded pictures that say when they are closed; each is the step of its frame. */
beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('createImageBitmap', async ({ size }: Blob) => ({ close: () => closed.push(size) }));
  useStream.setState({ jobs: {}, previews: {} });
  vi.clearAllTimers();
  closed.length = 0;
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const take = (step: number) => takePreview({ job: JOB, step, node: 0, what: 'x0', image: new Uint8Array(step) });

it('frees the pictures that newer ones replace, and those that come too late', async () => {
  for (const step of [1, 3, 2]) await take(step);
  expect(closed).toEqual([]); // the screen may still draw them
  vi.runAllTimers();
  expect(closed.sort()).toEqual([1, 2]);
});

it('frees the pictures of a job that starts again', async () => {
  await take(4);
  takeEvents([{ type: 'job_started', job_id: JOB, seq: 2, at: '2026-01-01T00:00:00Z', attempt: 2, worker: 'w' }]);
  vi.runAllTimers();
  expect(closed).toEqual([4]);
});
