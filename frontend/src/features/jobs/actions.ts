import { api, body } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import { QUEUE, queries, refreshJobs } from '../../api/queries';
import type { Continuation, Job, JobResource, Waiting } from '../../api/types';
import { withJob } from '../../document/job';
import { edit, undo } from '../../document/store';
import { select, showJob } from '../../session';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';
import { rememberJob } from '../prompts/history';
import { rememberOwn } from './ownJobs';

function randomName(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Submit a job, before the visitor's other waiting jobs if it goes first. The idempotency key makes it harmless to repeat
 * the request after a lost answer. */
export async function send(job: Job, first = false): Promise<JobResource> {
  const params = first ? { query: { first } } : {};
  const headers = { 'Idempotency-Key': randomName() };
  const made = await api.POST('/api/jobs', { params, body: job, headers }).then(body);
  rememberJob(job);
  rememberOwn(made.id);
  await refreshJobs();
  return made;
}

/** Submit a job and show its picture on the canvas. */
export async function submit(job: Job, first = false): Promise<JobResource> {
  const made = await send(job, first);
  showJob(made.id);
  return made;
}

const sentence = (error: unknown) => (error instanceof ApiProblem ? error.message : words.jobs.wentWrong);

async function act(doing: () => Promise<unknown>): Promise<void> {
  try {
    await doing();
  } catch (error) {
    toast(sentence(error));
  }
  await refreshJobs();
}

const at = (id: string) => ({ params: { path: { id } } });

export const cancel = (id: string) => act(() => api.POST('/api/jobs/{id}/cancel', at(id)));
/** Cancel all of the visitor's jobs that wait or run, also those that the queue does not show. */
export const cancelAll = () =>
  act(async () => {
    const { ids } = await api.POST('/api/cancel', { body: { all: true } }).then(body);
    toast(words.gallery.cancelledAll(ids.length));
  });
export const stop = (id: string) => act(() => api.POST('/api/jobs/{id}/stop', at(id)));

/** Run the rest of a stopped job, as a new job that is shown on the canvas. */
export const continueJob = (id: string) =>
  act(async () => {
    const made = await api.POST('/api/jobs/{id}/continue', at(id)).then(body);
    rememberOwn(made.id);
    await refreshJobs();
    showJob(made.id);
  });

/** Continue a job with more steps, as a new job that is shown on the canvas. Throws the server's refusal. */
export async function continueWith(id: string, asked: Continuation): Promise<void> {
  const headers = { 'Idempotency-Key': randomName() };
  const made = await api.POST('/api/jobs/{id}/continue', { ...at(id), headers, body: asked }).then(body);
  await refreshJobs();
  showJob(made.id);
}

/** Change how a waiting job waits: its place before another one of the visitor's, or a pause. */
export const arrange = (id: string, change: Waiting) =>
  act(() => api.PATCH('/api/queue/jobs/{id}', { ...at(id), body: change }));

/** Pause or resume the visitor's waiting jobs, or those of everybody. */
export const pause = (whose: '/api/queue/mine' | '/api/queue', paused: boolean) =>
  act(async () => {
    queries.setQueryData(QUEUE, await api.PATCH(whose, { body: { paused } }).then(body));
  });

export const retry = (id: string) => act(() => api.POST('/api/jobs/{id}/retry', at(id)));

/** Load a past job's document into the editor. Undo brings the previous draft back. */
export function openInEditor(job: JobResource): void {
  edit((draft) => withJob(draft, job.spec));
  select(null);
  toast(words.jobs.layoutOpened, { label: words.shell.undo, run: undo });
}
