import { create } from 'zustand';
import { isActive, jobOf } from '../../api/queries';
import { showJob, useSession } from '../../session';
import { useStream } from '../../stream/store';
import { liveOf } from '../jobs/useJob';

/** The steps are played one after the other. */
export const usePlaying = create<{ playing: boolean }>(() => ({ playing: false }));

/** The number of steps that the job on the canvas has done; 0 without a job. */
function newest(): number {
  const { job } = useSession.getState();
  const known = job === null ? undefined : jobOf(job);
  return known ? liveOf(known, useStream.getState().jobs[known.id]).progress.step : 0;
}

/** The first step that the job on the canvas makes itself. */
function first(): number {
  const { job } = useSession.getState();
  return ((job !== null && jobOf(job)?.first_step) || 0) + 1;
}

export const hasSteps = (): boolean => newest() > 0;

/** Show a step of the run. At the newest step, follow the run, or show the finished picture. */
export function holdStep(step: number): void {
  const last = newest();
  if (last === 0) return;
  useSession.setState({ step: step >= last ? null : Math.max(first(), step) });
}

export const isHeld = (): boolean => useSession.getState().step !== null;

/** Go back to the newest step of a run, or to the picture of a run that has ended. */
export function follow(): void {
  const { job, picture } = useSession.getState();
  const known = job === null ? undefined : jobOf(job);
  usePlaying.setState({ playing: false });
  if (known && !isActive(liveOf(known, useStream.getState().jobs[known.id]))) showJob(job, picture);
  else useSession.setState({ step: null });
}

/** Go a number of steps forward or back. */
export function moveStep(by: number): void {
  usePlaying.setState({ playing: false });
  holdStep((useSession.getState().step ?? newest()) + by);
}

const STEP_TIME = 120; // milliseconds

let timer: ReturnType<typeof setInterval> | undefined;

/** Play the steps from the one that is shown, or from the first if that is the last, until the newest. */
export function play(): void {
  const stops = usePlaying.getState().playing || newest() === 0;
  usePlaying.setState({ playing: !stops });
  if (stops) return;
  const { job } = useSession.getState();
  if (useSession.getState().step === null) holdStep(first());
  clearInterval(timer); // the last one may not have seen that it was paused
  timer = setInterval(() => {
    const now = useSession.getState();
    if (!usePlaying.getState().playing || now.job !== job) return clearInterval(timer);
    holdStep((now.step ?? newest()) + 1);
    const ended = useSession.getState().step === null;
    if (!ended) return;
    clearInterval(timer);
    usePlaying.setState({ playing: false });
  }, STEP_TIME);
}
