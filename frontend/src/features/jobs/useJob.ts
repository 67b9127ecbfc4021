import { useJob, useJobs } from '../../api/queries';
import type { JobResource, Output } from '../../api/types';
import { useSession } from '../../session';
import type { JobStream } from '../../stream/reducer';
import { useStream } from '../../stream/store';

export type Live = Pick<JobResource, 'state' | 'progress' | 'outputs' | 'error' | 'seconds'>;

/** A job of the list, with newer facts from the stream if the stream has them. */
export function liveOf(job: JobResource, streamed: JobStream | undefined): Live {
  if (!streamed || streamed.seq <= job.last_seq) return job;
  return {
    state: streamed.state,
    progress: { step: streamed.step, of: streamed.of || job.progress.of },
    outputs: [...streamed.outputs],
    error: streamed.error,
    seconds: streamed.seconds,
  };
}

/** A job of the list as it is now. */
export function useLive(job: JobResource): Live;
export function useLive(job: JobResource | undefined): Live | undefined;
export function useLive(job: JobResource | undefined) {
  const streamed = useStream((now) => (job ? now.jobs[job.id] : undefined));
  return job && liveOf(job, streamed);
}

/** The job whose picture is on the canvas. */
export function useShownJob(): JobResource | undefined {
  const id = useSession((now) => now.job);
  const jobs = useJobs().data;
  const listed = jobs?.find((job) => job.id === id);
  const older = useJob(jobs && !listed ? id : null).data;
  return listed ?? (older?.id === id ? older : undefined);
}

/** The chosen picture of a finished job, or its first. */
export function useOutput(job: JobResource | undefined): Output | undefined {
  const chosen = useSession((now) => (now.job === job?.id ? now.picture : null));
  const outputs = useLive(job)?.outputs;
  return outputs?.find(({ name }) => name === chosen) ?? outputs?.[0];
}
