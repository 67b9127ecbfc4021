import { type InfiniteData, keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, body } from '../../api/client';
import { queries, useJobs } from '../../api/queries';
import type { components } from '../../api/schema';
import type { JobResource } from '../../api/types';
import { queryOf, type Wanted } from './wanted';

type MarkedJob = components['schemas']['MarkedJob'];
type Page = components['schemas']['JobPage'];
type Pages = InfiniteData<Page, string | undefined>;

const GALLERY = ['gallery'];
const TAGS = ['tags'];
const PAGE = 100; // jobs

const itemsOf = ({ pages }: Pages): JobResource[] => pages.flatMap((page) => page.items);

/** The jobs that are wanted, newest first, a page at a time. */
export const useGallery = (wanted: Wanted) =>
  useInfiniteQuery({
    queryKey: [...GALLERY, queryOf(wanted)],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      api
        .GET('/api/jobs', { params: { query: { ...queryOf(wanted), after: pageParam, limit: PAGE } }, signal })
        .then(body),
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    structuralSharing: false, // comparing thousands of documents takes longer than drawing the rows again
    select: itemsOf,
  });

export const useTags = () => useQuery({ queryKey: TAGS, queryFn: () => api.GET('/api/tags').then(body) });

/** Ask for the first page again, and forget the others: what a visitor scrolls through is not fetched twice. */
export function refreshTop(): void {
  queries.setQueriesData<Pages>({ queryKey: GALLERY }, (data) =>
    data ? { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) } : undefined,
  );
  queries.invalidateQueries({ queryKey: GALLERY });
}

/** Ask again when another job has ended, if the visitor has not scrolled down. */
export function useNewPictures(isAtTop: () => boolean): void {
  const jobs = useJobs().data;
  const ended = jobs?.find(({ state }) => state === 'succeeded')?.id;
  useEffect(() => {
    if (ended !== undefined && isAtTop()) refreshTop();
  }, [ended, isAtTop]);
}

/** Change jobs in every list of the gallery, without asking the server. An answer that is on its way would take the
 * change back, so it is dropped; the lists that it was to renew, or that have no answer yet, are asked for again. */
async function patch(change: (items: JobResource[]) => JobResource[]): Promise<void> {
  const asked = queries.getQueryCache().findAll({ queryKey: GALLERY });
  const stale = asked.filter(({ state }) => state.fetchStatus === 'fetching' && state.isInvalidated);
  await queries.cancelQueries({ queryKey: GALLERY });
  queries.setQueriesData<Pages>(
    { queryKey: GALLERY },
    (data) => data && { ...data, pages: data.pages.map((page) => ({ ...page, items: change(page.items) })) },
  );
  queries.refetchQueries({
    queryKey: GALLERY,
    predicate: (query) => query.state.data === undefined || stale.includes(query),
  });
}

export async function markInGallery(marked: readonly MarkedJob[]): Promise<void> {
  const marks = new Map(marked.map((one) => [one.id, one]));
  await patch((items) =>
    items.map((job) => {
      const marksOfJob = marks.get(job.id);
      return marksOfJob ? { ...job, ...marksOfJob } : job;
    }),
  );
  queries.invalidateQueries({ queryKey: TAGS });
}

export async function removeFromGallery(ids: ReadonlySet<string>): Promise<void> {
  await patch((items) => items.filter(({ id }) => !ids.has(id)));
  queries.invalidateQueries({ queryKey: TAGS });
}

export async function refreshGallery(): Promise<void> {
  await Promise.all([queries.invalidateQueries({ queryKey: GALLERY }), queries.invalidateQueries({ queryKey: TAGS })]);
}
