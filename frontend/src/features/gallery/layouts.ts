import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { api, body } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import { queries } from '../../api/queries';
import type { components } from '../../api/schema';
import { SERVER } from '../../api/server';
import type { Job } from '../../api/types';
import { withJob } from '../../document/job';
import { openJob } from '../../document/opening';
import { NotAJob } from '../../document/read/fields';
import { undoable, useDraft } from '../../document/store';
import { select, showJob, useSession } from '../../session';
import { writeToClipboard } from '../../ui/clipboard';
import { save } from '../../ui/save';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';

export type SavedLayout = components['schemas']['SavedLayout'];

const said = words.gallery;
const LAYOUTS = ['layouts'];
const PAGE = 50;
const LONGEST = 120; // characters of a name
const at = (id: string) => ({ params: { path: { id } } });
const sentence = (error: unknown) =>
  error instanceof ApiProblem || error instanceof NotAJob ? error.message : said.failedToChange;

export const useLayouts = (words: string) =>
  useInfiniteQuery({
    queryKey: [...LAYOUTS, words],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      api.GET('/api/layouts', { params: { query: { q: words, after: pageParam, limit: PAGE } }, signal }).then(body),
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
    select: ({ pages }) => pages.flatMap((page) => page.items),
  });

/** Make a change, tell the visitor why it failed, and fetch again what the server has. Returns true if it was made. */
async function changing(change: () => Promise<unknown>): Promise<boolean> {
  try {
    await change();
    return true;
  } catch (error) {
    toast(sentence(error));
    return false;
  } finally {
    queries.invalidateQueries({ queryKey: LAYOUTS });
  }
}

/** Save a document, once it is `made`, under a name. */
export const saveLayout = (name: string, made: Job | Promise<Job>) =>
  changing(async () => {
    const document = await made;
    const saved = await api.POST('/api/layouts', { body: { name, document } }).then(body);
    toast(said.layoutSaved(saved.name));
  });

/** Give a layout another name, another document, or both. What is not named keeps what another tab made of it. */
export const changeLayout = (
  layout: SavedLayout,
  change: Partial<Pick<SavedLayout, 'name' | 'document'>> | Promise<Pick<SavedLayout, 'document'>>,
) =>
  changing(async () => {
    const { name } = await api.PATCH('/api/layouts/{id}', { ...at(layout.id), body: await change }).then(body);
    toast(said.layoutSaved(name));
  });

export const deleteLayout = (layout: SavedLayout) =>
  changing(async () => {
    await api.DELETE('/api/layouts/{id}', at(layout.id));
    const { name, document } = layout;
    toast(said.layoutDeleted(name), { label: said.saveAgain, run: () => saveLayout(name, document) });
  });

/** Load a saved layout into the editor. Undo brings the previous draft back. */
export function openLayout({ name, document }: SavedLayout): void {
  const undo = undoable((draft) => withJob(draft, document));
  select(null);
  showJob(null);
  useSession.setState({ drawer: null, view: 'canvas' });
  toast(said.layoutOpened(name), { label: said.undo, run: undo });
}

/** Remove the name of a layout from the page's address, so that a reload keeps what was edited since. */
function forgetLinked(): void {
  const address = new URL(window.location.href);
  address.searchParams.delete('layout');
  window.history.replaceState(null, '', address);
}

const steps = (): number => useDraft.temporal.getState().pastStates.length;
let began: number | null = null; // the steps of the draft when the layout was asked for first

/** Open the layout that the page's address names. The name stays in the address if the server could not answer, or asks
 * for a sign-in first. A draft that was edited meanwhile stays, and the layout is offered. */
export async function openLinked(id: string): Promise<void> {
  began ??= steps();
  try {
    const layout = await api.GET('/api/layouts/{id}', at(id)).then(body);
    forgetLinked();
    if (steps() === began) openLayout(layout);
    else toast(layout.name, { label: said.open, run: () => openLayout(layout) });
  } catch (error) {
    const status = error instanceof ApiProblem ? error.status : null;
    const missing = status === 404 || status === 422;
    if (missing) forgetLinked();
    if (status !== 401) toast(missing ? said.layoutNotThere : sentence(error)); // the dialog for the key says that
  }
}

export async function copyLink({ id }: SavedLayout): Promise<void> {
  const link = `${SERVER}?layout=${id}`;
  toast((await writeToClipboard(link)) ? said.linkCopied : said.noClipboard(link));
}

export function exportLayout({ name, document }: SavedLayout): void {
  const blob = new Blob([`${JSON.stringify(document, null, 2)}\n`], { type: 'application/json' });
  save(blob, `${name.replace(/[\\/:*?"<>|]+/g, '-').slice(0, 80)}.json`);
}

/** Save the job document in a file as a layout with the file's name. Fields that the studio does not know are refused by
 * the server with their place. */
export const importLayout = (file: File) =>
  changing(async () => {
    const text = await file.text();
    openJob(text); // throws a sentence if the file is no job document
    const name = file.name.replace(/\.json$/i, '').slice(0, LONGEST) || words.gallery.layout;
    const saved = await api.POST('/api/layouts', { body: { name, document: JSON.parse(text) } }).then(body);
    toast(said.layoutSaved(saved.name));
  });
