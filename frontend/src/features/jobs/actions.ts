import { api, body } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import { QUEUE, queries, refreshJobs } from '../../api/queries';
import { randomName } from '../../api/randomName';
import type { Continuation, Job, JobResource, Waiting } from '../../api/types';
import { withJob } from '../../document/job';
import { undoable } from '../../document/store';
import { select, showJob } from '../../session';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';
import { rememberJob } from '../prompts/history';
import { rememberOwn } from './ownJobs';

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

/** Cancel one job. */
export const cancel = (id: string) => act(() => api.POST('/api/jobs/{id}/cancel', at(id)));
/** Cancel all of the visitor's jobs that wait or run, also those that the queue does not show. */
export const cancelAll = () =>
  act(async () => {
    const { ids } = await api.POST('/api/cancel', { body: { all: true } }).then(body);
    toast(words.gallery.cancelledAll(ids.length));
  });
/** Cancel those of these jobs that wait or run. */
export const cancelThese = (ids: string[]) => act(() => api.POST('/api/cancel', { body: { ids, all: false } }));
export const stop = (id: string) => act(() => api.POST('/api/jobs/{id}/stop', at(id)));

/** Continue a job as a new one that is shown on the canvas: with the rest of its steps, or as `asked`. Requests with the
 * same `name` make one job. Throws the server's refusal. */
export async function continueWith(id: string, asked?: Continuation, name = randomName()): Promise<void> {
  const headers = { 'Idempotency-Key': name };
  const made = await api
    .POST('/api/jobs/{id}/continue', { ...at(id), headers, ...(asked && { body: asked }) })
    .then(body);
  rememberOwn(made.id);
  await refreshJobs();
  showJob(made.id);
}

const continuing = new Set<string>();

/** Run the rest of a stopped job. A second press, while the server has not answered the first, does nothing. */
export async function continueJob(id: string): Promise<void> {
  if (continuing.has(id)) return;
  continuing.add(id);
  await act(() => continueWith(id));
  continuing.delete(id);
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
  const undo = undoable((draft) => withJob(draft, job.spec));
  select(null);
  toast(words.jobs.layoutOpened, { label: words.shell.undo, run: undo });
}
