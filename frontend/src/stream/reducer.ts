import type { Event, Output, Problem, State } from '../api/types';

interface Point {
  seq: number;
  value: number;
}

/** What the stream has told of one job. `curves`: per observable, its residual by step. */
export interface JobStream {
  state: State;
  seq: number;
  step: number;
  of: number;
  seconds: number | null;
  attempt: number;
  reason: string | null;
  curves: Readonly<Record<string, readonly (Point | undefined)[]>>;
  stepSizes: Readonly<Record<string, number>>;
  outputs: readonly Output[];
  error: Problem | null;
  /** The last event before the first one that went missing: ask for the events after it. */
  gapAfter: number | null;
}

export type Streams = Readonly<Record<string, JobStream>>;

const NEW: JobStream = {
  state: 'queued',
  seq: 0,
  step: 0,
  of: 0,
  seconds: null,
  attempt: 0,
  reason: null,
  curves: {},
  stepSizes: {},
  outputs: [],
  error: null,
  gapAfter: null,
};

/** The residuals of one step, put where they belong; a value from a later event of the same step is kept. */
function withResiduals(curves: JobStream['curves'], step: number, seq: number, residual: Record<string, number>) {
  const next = { ...curves };
  for (const [name, value] of Object.entries(residual)) {
    const curve = [...(next[name] ?? [])];
    if ((curve[step]?.seq ?? 0) < seq) curve[step] = { seq, value };
    next[name] = curve;
  }
  return next;
}

function advance(job: JobStream, event: Event): JobStream {
  switch (event.type) {
    case 'job_queued':
      return { ...job, state: 'queued', reason: event.reason ?? null, error: null };
    case 'job_started':
      return { ...job, state: 'running', attempt: event.attempt, reason: null };
    case 'job_progress':
      return {
        ...job,
        state: 'running',
        step: event.step,
        of: event.of,
        seconds: event.seconds,
        stepSizes: event.step_sizes,
      };
    case 'job_notice':
      return job;
    case 'job_succeeded':
      return { ...job, state: 'succeeded', step: job.of, outputs: event.outputs, seconds: event.seconds };
    case 'job_failed':
      return { ...job, state: 'failed', error: event.error };
    case 'job_cancelled':
      return { ...job, state: 'cancelled' };
  }
}

/** Take one event. Replays and late arrivals only fill in the curves; state moves by the newest event alone. */
export function reduce(streams: Streams, event: Event): Streams {
  const held = streams[event.job_id] ?? NEW;
  const filled =
    event.type === 'job_progress'
      ? { ...held, curves: withResiduals(held.curves, event.step, event.seq, event.residual) }
      : held;
  if (event.seq <= held.seq) return { ...streams, [event.job_id]: filled };
  const gapAfter = held.gapAfter ?? (event.seq > held.seq + 1 ? held.seq : null);
  return { ...streams, [event.job_id]: { ...advance(filled, event), seq: event.seq, gapAfter } };
}

/** The missing events have been asked for and taken: the gap is closed, whatever the table had thinned out. */
export function closeGap(streams: Streams, job: string): Streams {
  const held = streams[job];
  return held ? { ...streams, [job]: { ...held, gapAfter: null } } : streams;
}

export interface Shown<Picture> {
  step: number;
  picture: Picture;
  /** How many different steps have been painted of this job and view. */
  painted: number;
}

/** Newest wins: a preview replaces an earlier step's, and never a later one's. */
export function newer<Picture>(held: Shown<Picture> | undefined, step: number, picture: Picture): Shown<Picture> {
  if (held === undefined) return { step, picture, painted: 1 };
  return step > held.step ? { step, picture, painted: held.painted + 1 } : held;
}
