import { api, body, fetchArchive } from '../../api/client';
import { LIMITS } from '../../api/limits';
import { ApiProblem } from '../../api/problem';
import { refreshJobs } from '../../api/queries';
import type { JobResource } from '../../api/types';
import { showJob, useSession } from '../../session';
import { save } from '../../ui/save';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';
import { openInEditor } from '../jobs/actions';
import { downloadPicture } from './download';
import { refreshGallery, removeFromGallery, replaceInGallery } from './useGallery';

const said = words.gallery;
const MOST = LIMITS.JobSelection.ids.most;

/** Tell the visitor why a change failed, and fetch again what the server has. */
async function changing(change: () => Promise<void>): Promise<void> {
  try {
    await change();
  } catch (error) {
    toast(error instanceof ApiProblem ? error.message : said.failedToChange);
    await refreshGallery();
  }
}

type Marks = { favourite?: boolean; tags?: string[] };

const mark = async (id: string, marks: Marks): Promise<void> =>
  replaceInGallery(await api.PATCH('/api/jobs/{id}', { params: { path: { id } }, body: marks }).then(body));

export const setFavourite = (jobs: readonly JobResource[], favourite: boolean) =>
  changing(async () => {
    for (const job of jobs) if (job.favourite !== favourite) await mark(job.id, { favourite });
  });

export const addTag = (jobs: readonly JobResource[], tag: string) =>
  changing(async () => {
    const isSame = (one: string) => one.toLowerCase() === tag.toLowerCase();
    for (const { id, tags = [] } of jobs) if (!tags.some(isSame)) await mark(id, { tags: [...tags, tag] });
  });

export const removeTag = (jobs: readonly JobResource[], tag: string) =>
  changing(async () => {
    for (const { id, tags = [] } of jobs) {
      if (tags.includes(tag)) await mark(id, { tags: tags.filter((one) => one !== tag) });
    }
  });

/** Send ids to the trash, or out of it, in as many requests as the server needs. */
async function sent(address: '/api/trash' | '/api/trash/restore', ids: readonly string[]): Promise<void> {
  for (let first = 0; first < ids.length; first += MOST) {
    await api.POST(address, { body: { ids: ids.slice(first, first + MOST) } });
  }
}

/** Take jobs out of the trash. */
export const restore = (ids: readonly string[]) =>
  changing(async () => {
    await sent('/api/trash/restore', ids);
    toast(said.restored(ids.length));
    await Promise.all([refreshGallery(), refreshJobs()]);
  });

/** Put jobs into the trash. The server keeps them there for a day, so undo works after a reload, too. */
export const trash = (ids: readonly string[]) =>
  changing(async () => {
    await sent('/api/trash', ids);
    removeFromGallery(new Set(ids));
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
      const zip = await fetchArchive(jobs.map(({ id }) => id));
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
