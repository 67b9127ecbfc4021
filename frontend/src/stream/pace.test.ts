import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Event } from '../api/types';
import type { PreviewFrame } from './frame';
import { Pace } from './pace';

const JOB = 'b0f4a6c2-0000-4000-8000-000000000001';
const given: string[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  given.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

const paced = () =>
  new Pace({
    takeEvents: (events) => given.push(`events ${events.map(({ seq }) => seq)}`),
    takePreview: ({ node, step }) => given.push(`preview ${node} of step ${step}`),
  });
const event = (seq: number) => ({ type: 'job_progress', job_id: JOB, seq }) as Event;
const preview = (step: number, node = 0): PreviewFrame => ({
  job: JOB,
  step,
  node,
  what: 'x0',
  image: new Uint8Array(),
});

it('gives the first message at once, and then all events and the newest preview of each view after a pause', () => {
  const pace = paced();
  pace.event(event(1), true);
  expect(given).toEqual(['events 1']);
  for (const seq of [2, 3]) {
    pace.event(event(seq), true);
    pace.preview(preview(seq));
  }
  pace.preview(preview(3, 4));
  expect(given).toEqual(['events 1']);
  vi.runAllTimers();
  expect(given).toEqual(['events 1', 'events 2,3', 'preview 0 of step 3', 'preview 4 of step 3']);
});

it('gives the start and the end of a job at once, after everything that came before', () => {
  const pace = paced();
  for (const seq of [1, 2]) pace.event(event(seq), true);
  pace.preview(preview(2));
  pace.event(event(3), false);
  expect(given).toEqual(['events 1', 'events 2', 'preview 0 of step 2', 'events 3']);
  vi.runAllTimers();
  expect(given).toHaveLength(4);
});
