import { ApiProblem } from '../../api/problem';
import { graphOf, isActive, jobOf } from '../../api/queries';
import type { Job, JobResource, Output } from '../../api/types';
import { useSession } from '../../session';
import { useStream } from '../../stream/store';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';
import { cancel, continueJob, retry, stop } from './actions';
import { useAsking } from './moreSteps';
import { whyNotRefined } from './refining';
import { liveOf } from './useJob';

interface Drafted {
  generate: (sending?: { first: boolean }) => void;
  /** The job of the draft, once what is painted is uploaded. */
  prepare: () => Promise<Job>;
}

let drafted: Drafted | null = null;

/** Tell the commands what the studio that is on the screen generates. */
export function setDrafted(next: Drafted | null): void {
  drafted = next;
}

export const generate = (): void => drafted?.generate();

export const generateFirst = (): void => drafted?.generate({ first: true });

/** Do something with the job of the draft. */
export async function withDraftedJob(act: (job: Job) => void): Promise<void> {
  try {
    if (drafted) act(await drafted.prepare());
  } catch (error) {
    toast(error instanceof ApiProblem ? error.message : words.jobs.notMade);
  }
}

/** The job whose picture is on the canvas. */
function shownJob(): JobResource | undefined {
  const { job } = useSession.getState();
  return job === null ? undefined : jobOf(job);
}

/** The job on the canvas with its picture there, once it has ended with one. */
export function shownPicture(): { job: JobResource; output: Output } | null {
  const listed = shownJob();
  if (!listed) return null;
  const live = liveOf(listed, useStream.getState().jobs[listed.id]);
  const { picture } = useSession.getState();
  const output = live.outputs.find(({ name }) => name === picture) ?? live.outputs[0];
  return output && !isActive(live) ? { job: listed, output } : null;
}

/** The job on the canvas, while it waits or runs and nobody has cancelled it. */
function running(): JobResource | undefined {
  const job = shownJob();
  if (!job || job.cancel_requested) return undefined;
  return isActive(liveOf(job, useStream.getState().jobs[job.id])) ? job : undefined;
}

export const canCancel = (): boolean => running() !== undefined;

export function cancelShown(): void {
  const job = running();
  if (job) cancel(job.id);
}

/** The job on the canvas, while it runs and nobody has asked it to end. */
function stoppable(): JobResource | undefined {
  const job = running();
  if (!job || job.stop_requested) return undefined;
  return liveOf(job, useStream.getState().jobs[job.id]).state === 'running' ? job : undefined;
}

export const canStop = (): boolean => stoppable() !== undefined;

export function stopShown(): void {
  const job = stoppable();
  if (job) stop(job.id);
}

export const canContinue = (): boolean => shownJob()?.can_continue === true;

export function continueShown(): void {
  const job = shownJob();
  if (job?.can_continue) continueJob(job.id);
}

/** The job on the canvas, if it has a picture that more steps can refine. */
function refinable(): JobResource | undefined {
  const job = shownJob();
  const live = job && liveOf(job, useStream.getState().jobs[job.id]);
  if (!job || live?.state !== 'succeeded' || live.outputs.length === 0) return undefined;
  const { picture } = useSession.getState();
  const output = live.outputs.find(({ name }) => name === picture) ?? live.outputs[0];
  return job.can_continue || whyNotRefined(graphOf(job.id), output) === null ? job : undefined;
}

export const canTakeMore = (): boolean => refinable() !== undefined;

export function askForMore(): void {
  const job = refinable();
  if (job) useAsking.setState({ job: job.id });
}

/** The job on the canvas, if it failed or was cancelled. */
function fallen(): JobResource | undefined {
  const job = shownJob();
  const state = job && liveOf(job, useStream.getState().jobs[job.id]).state;
  return state === 'failed' || state === 'cancelled' ? job : undefined;
}

export const canRetry = (): boolean => fallen() !== undefined;

export function retryShown(): void {
  const job = fallen();
  if (job) retry(job.id);
}
