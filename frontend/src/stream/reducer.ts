import type { Event, Output, Problem, State } from '../api/types';

interface Point {
  seq: number;
  value: number;
}

type Curves = Readonly<Record<string, readonly (Point | undefined)[]>>;

/** A notice for the reader about a step. */
interface Notice {
  seq: number;
  step: number;
  detail: string;
}

/** The facts that the stream has sent about one job. `residuals` and `lambdas`: for each observable, by step. */
export interface JobStream {
  state: State;
  seq: number;
  step: number;
  of: number;
  seconds: number | null;
  attempt: number;
  reason: string | null;
  residuals: Curves;
  lambdas: Curves;
  notices: readonly Notice[];
  outputs: readonly Output[];
  error: Problem | null;
  /** The last event before the first missing one. The events after it must be fetched. */
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
  residuals: {},
  lambdas: {},
  notices: [],
  outputs: [],
  error: null,
  gapAfter: null,
};

/** Insert the values of one step. A value from a later event of the same step is kept. */
function withStep(curves: Curves, step: number, seq: number, values: Record<string, number>): Curves {
  const next: Record<string, readonly (Point | undefined)[]> = { ...curves };
  for (const [name, value] of Object.entries(values)) {
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
      return { ...job, state: 'running', step: event.step, of: event.of, seconds: event.seconds };
    case 'job_notice':
      return job;
    case 'job_succeeded': {
      const stopped = event.outputs.some(({ stopped_at }) => stopped_at !== null);
      const step = stopped ? job.step : job.of;
      return { ...job, state: 'succeeded', step, outputs: event.outputs, seconds: event.seconds };
    }
    case 'job_failed':
      return { ...job, state: 'failed', error: event.error };
    case 'job_cancelled':
      return { ...job, state: 'cancelled' };
  }
}

/** Add the part of an event that does not depend on the order of events. */
function fill(job: JobStream, event: Event): JobStream {
  if (event.type === 'job_progress') {
    const { step, seq, residual, step_sizes } = event;
    return {
      ...job,
      residuals: withStep(job.residuals, step, seq, residual),
      lambdas: withStep(job.lambdas, step, seq, step_sizes),
    };
  }
  if (event.type !== 'job_notice' || job.notices.some(({ seq }) => seq === event.seq)) return job;
  const { seq, step, detail } = event;
  return { ...job, notices: [...job.notices, { seq, step, detail }].sort((one, other) => one.seq - other.seq) };
}

/** Apply one event. Repeated and late events only fill in curves and notices. Only the newest event changes the state. */
export function reduce(streams: Streams, event: Event): Streams {
  const held = streams[event.job_id] ?? NEW;
  const filled = fill(held, event);
  if (event.seq <= held.seq) return { ...streams, [event.job_id]: filled };
  const gapAfter = held.gapAfter ?? (event.seq > held.seq + 1 ? held.seq : null);
  return { ...streams, [event.job_id]: { ...advance(filled, event), seq: event.seq, gapAfter } };
}

/** Close the gap after the missing events were fetched, even if the server had removed some of them. */
export function closeGap(streams: Streams, job: string): Streams {
  const held = streams[job];
  return held ? { ...streams, [job]: { ...held, gapAfter: null } } : streams;
}

export interface Shown<Picture> {
  step: number;
  picture: Picture;
  /** The number of different steps painted of this job and view. */
  painted: number;
}

/** The newest preview wins: a preview replaces one of an earlier step, never one of a later step. */
export function newer<Picture>(held: Shown<Picture> | undefined, step: number, picture: Picture): Shown<Picture> {
  if (held === undefined) return { step, picture, painted: 1 };
  return step > held.step ? { step, picture, painted: held.painted + 1 } : held;
}
