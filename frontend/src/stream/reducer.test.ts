import { describe, expect, it } from 'vitest';
import type { Event } from '../api/types';
import { closeGap, type JobStream, newer, reduce, type Streams } from './reducer';

const ID = 'j';
const at = '2026-11-22T12:00:00Z';
const base = (seq: number) => ({ job_id: ID, seq, at });

const queued = (seq: number): Event => ({ ...base(seq), type: 'job_queued', reason: null, retry_at: null });
const started = (seq: number, attempt = 1): Event => ({ ...base(seq), type: 'job_started', attempt, worker: 'w' });
const progress = (seq: number, step: number, value = 1 / step): Event => ({
  ...base(seq),
  type: 'job_progress',
  step,
  of: 4,
  residual: { y1: value },
  step_sizes: { y1: 1 - step / 10 },
  seconds: step,
});
const notice = (seq: number, detail: string): Event => ({ ...base(seq), type: 'job_notice', step: 2, detail });
const succeeded = (seq: number): Event => ({
  ...base(seq),
  type: 'job_succeeded',
  outputs: [{ name: 'x', url: '/x', width: 8, height: 8, residual: 0.5, stopped_at: null }],
  seconds: 4,
});

const WHOLE = [queued(1), started(2), progress(3, 1), progress(4, 2), progress(5, 3), progress(6, 4), succeeded(7)];

const run = (events: readonly Event[], from: Streams = {}): JobStream => {
  const held = events.reduce(reduce, from)[ID];
  if (!held) throw new Error('no events');
  return held;
};

const curve = (job: JobStream) => job.residuals.y1?.slice(1).map((point) => point?.value);

describe('the stream of a job', () => {
  it('ends in the state of the last event', () => {
    const job = run(WHOLE);
    expect(job).toMatchObject({ state: 'succeeded', seq: 7, step: 4, of: 4, seconds: 4, gapAfter: null });
    expect(job.outputs).toHaveLength(1);
    expect(curve(job)).toEqual([1, 1 / 2, 1 / 3, 1 / 4]);
  });

  it('is the same when events are replayed', () => {
    expect(run([...WHOLE, ...WHOLE, ...WHOLE.slice(2, 4)])).toEqual(run(WHOLE));
  });

  it('never goes back for a late event, but keeps its residual', () => {
    const job = run([queued(1), started(2), progress(5, 3), progress(3, 1), started(2)]);
    expect(job).toMatchObject({ state: 'running', seq: 5, step: 3 });
    expect(curve(job)).toEqual([1, undefined, 1 / 3]);
  });

  it('remembers the event before a gap until the gap is closed', () => {
    const holed = [queued(1), started(2), progress(5, 3), progress(6, 4)].reduce(reduce, {} as Streams);
    expect(holed[ID]?.gapAfter).toBe(2);
    const filled = closeGap([progress(3, 1), progress(4, 2)].reduce(reduce, holed), ID);
    expect(filled[ID]).toMatchObject({ gapAfter: null, seq: 6, step: 4 });
    expect(filled[ID] && curve(filled[ID])).toEqual([1, 1 / 2, 1 / 3, 1 / 4]);
  });

  it('has no gap if its first known event is in the middle of a complete replay', () => {
    expect(run(WHOLE.slice(0, 3)).gapAfter).toBeNull();
  });

  it('takes the later attempt of a step', () => {
    const job = run([queued(1), started(2), progress(3, 1, 9), queued(4), started(5, 2), progress(6, 1, 5)]);
    expect(job).toMatchObject({ attempt: 2, step: 1, state: 'running' });
    expect(curve(job)).toEqual([5]);
  });

  it('fails with the reason, and waits again without it', () => {
    const failed: Event = { ...base(3), type: 'job_failed', error: { title: 'Out of memory', detail: 'Smaller.' } };
    expect(run([queued(1), started(2), failed])).toMatchObject({ state: 'failed', error: { detail: 'Smaller.' } });
    expect(run([queued(1), started(2), failed, queued(4)])).toMatchObject({ state: 'queued', error: null });
  });

  it('traces lambda beside the residual', () => {
    expect(
      run(WHOLE)
        .lambdas.y1?.slice(1)
        .map((point) => point?.value),
    ).toEqual([0.9, 0.8, 0.7, 0.6]);
  });

  it('collects each notice once, in order', () => {
    const job = run([queued(1), started(2), notice(4, 'later'), notice(3, 'sooner'), notice(4, 'later')]);
    expect(job.notices.map(({ detail }) => detail)).toEqual(['sooner', 'later']);
    expect(job.state).toBe('running');
  });

  it('stays at its step if it was stopped there', () => {
    const [output] = (succeeded(6) as Extract<Event, { type: 'job_succeeded' }>).outputs;
    const outputs = output ? [{ ...output, stopped_at: { step: 2, of: 4 } }] : [];
    const job = run([queued(1), started(2), progress(3, 1), progress(4, 2), { ...succeeded(5), outputs } as Event]);
    expect(job).toMatchObject({ state: 'succeeded', step: 2, of: 4 });
  });

  it('leaves other jobs alone', () => {
    const other = { ...queued(1), job_id: 'k' };
    const streams = [...WHOLE, other].reduce(reduce, {} as Streams);
    expect(streams.k?.state).toBe('queued');
    expect(streams[ID]?.state).toBe('succeeded');
  });
});

describe('previews', () => {
  it('are replaced by newer ones only, and counted once a step', () => {
    let shown = newer(undefined, 2, 'two');
    shown = newer(shown, 1, 'one');
    expect(shown).toEqual({ step: 2, picture: 'two', painted: 1 });
    shown = newer(newer(shown, 5, 'five'), 5, 'five again');
    expect(shown).toEqual({ step: 5, picture: 'five', painted: 2 });
  });
});
