import { api, body, fetchArchive } from '../../api/client';
import { LIMITS } from '../../api/limits';
import { ApiProblem } from '../../api/problem';
import { refreshJobs } from '../../api/queries';
import type { components } from '../../api/schema';
import type { JobResource } from '../../api/types';
import { showJob, useSession } from '../../session';
import { save } from '../../ui/save';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';
import { openInEditor } from '../jobs/actions';
import { downloadPicture } from './download';
import { markInGallery, refreshGallery, removeFromGallery } from './useGallery';

type Marking = components['schemas']['Marking'];

const said = words.gallery;
const MOST = LIMITS.JobSelection.ids.most;

const idsOf = (jobs: readonly JobResource[]): string[] => jobs.map(({ id }) => id);

/** Tell the visitor why a change failed, and fetch again what the server has. */
async function changing(change: () => Promise<void>): Promise<void> {
  try {
    await change();
  } catch (error) {
    toast(error instanceof ApiProblem ? error.message : said.failedToChange);
    await refreshGallery();
  }
}

/** Call `send` with all ids, as many at once as the server takes. */
async function inParts(ids: readonly string[], send: (part: string[]) => Promise<unknown>): Promise<void> {
  for (let first = 0; first < ids.length; first += MOST) await send(ids.slice(first, first + MOST));
}

/** Mark jobs, and show the marks that they have then. A request that is sent arrives even if the page is left. */
const mark = (jobs: readonly JobResource[], marks: Partial<Marking>) =>
  changing(() =>
    inParts(idsOf(jobs), async (ids) => {
      const marking = { add_tags: [], remove_tags: [], ...marks, ids };
      const { items } = await api.POST('/api/marks', { body: marking, keepalive: true }).then(body);
      await markInGallery(items);
      if (items.length < ids.length) await refreshGallery(); // some are gone
    }),
  );

export const setFavourite = (jobs: readonly JobResource[], favourite: boolean) => mark(jobs, { favourite });
export const addTag = (jobs: readonly JobResource[], tag: string) => mark(jobs, { add_tags: [tag] });
export const removeTag = (jobs: readonly JobResource[], tag: string) => mark(jobs, { remove_tags: [tag] });

/** Take jobs out of the trash. */
export const restore = (ids: readonly string[]) =>
  changing(async () => {
    await inParts(ids, (part) => api.POST('/api/trash/restore', { body: { ids: part }, keepalive: true }));
    toast(said.restored(ids.length));
    await Promise.all([refreshGallery(), refreshJobs()]);
  });

/** Put jobs into the trash. The server keeps them there for a day, so undo works after a reload, too. */
export const trash = (ids: readonly string[]) =>
  changing(async () => {
    await inParts(ids, (part) => api.POST('/api/trash', { body: { ids: part }, keepalive: true }));
    await removeFromGallery(new Set(ids));
    const shown = useSession.getState().job;
    if (shown !== null && ids.includes(shown)) showJob(null);
    toast(said.deleted(ids.length), { label: said.undo, run: () => restore(ids) });
    await refreshJobs();
  });

/** Save one picture as it is, several as a ZIP with their documents. */
export const download = (jobs: readonly JobResource[]) =>
  changing(async () => {
    const [job] = jobs;
    if (jobs.length === 1 && job?.outputs.length === 1) {
      for (const output of job.outputs) await downloadPicture(job, output);
    } else if (jobs.length > MOST) {
      toast(said.tooMany(MOST));
    } else {
      toast(said.preparing);
      const zip = await fetchArchive(idsOf(jobs));
      save(zip, `inlay-${new Date().toISOString().slice(0, 10)}-${jobs.length}.zip`);
    }
  });

/** Open a job's layout in the editor, and close the drawer over it. */
export function openLayout(job: JobResource): void {
  openInEditor(job);
  useSession.setState({ drawer: null, view: 'canvas' });
}

/** Show a job's picture on the canvas, the first if none is named, and close the drawer over it. */
export function showOnCanvas(job: JobResource, picture: string | null = null): void {
  showJob(job.id, picture);
  useSession.setState({ drawer: null, view: 'canvas' });
}
