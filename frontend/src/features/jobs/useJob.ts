import { useJobs } from '../../api/queries';
import type { JobResource } from '../../api/types';
import { useSession } from '../../session';
import { useStream } from '../../stream/store';

/** A job as the stream has it where the stream is ahead of the list. */
export function useLive(job: JobResource): Pick<JobResource, 'state' | 'progress' | 'outputs' | 'error' | 'seconds'>;
export function useLive(
  job: JobResource | undefined,
): Pick<JobResource, 'state' | 'progress' | 'outputs' | 'error' | 'seconds'> | undefined;
export function useLive(job: JobResource | undefined) {
  const streamed = useStream((now) => (job ? now.jobs[job.id] : undefined));
  if (!job || !streamed || streamed.seq <= job.last_seq) return job;
  return {
    state: streamed.state,
    progress: { step: streamed.step, of: streamed.of || job.progress.of },
    outputs: [...streamed.outputs],
    error: streamed.error,
    seconds: streamed.seconds,
  };
}

/** The job whose picture lies on the canvas. */
export function useShownJob(): JobResource | undefined {
  const id = useSession((now) => now.job);
  return useJobs().data?.find((job) => job.id === id);
}
