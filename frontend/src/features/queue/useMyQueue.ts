import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, body } from '../../api/client';
import { queries } from '../../api/queries';
import type { JobResource, State } from '../../api/types';
import { useStream } from '../../stream/store';

const QUEUE = ['jobs', 'queue']; // refreshed with every list of jobs
const MOST = 100; // jobs
const EVERY = 3_000; // milliseconds
const ENDED = 10; // jobs that ended without a picture

const inState = (state: State, limit: number): Promise<JobResource[]> =>
  api
    .GET('/api/jobs', { params: { query: { state, limit } } })
    .then(body)
    .then(({ items }) => items);

interface MyQueue {
  running: JobResource[];
  queued: JobResource[];
  ended: JobResource[];
}

async function mine(): Promise<MyQueue> {
  const [running, queued, failed, cancelled] = await Promise.all([
    inState('running', MOST),
    inState('queued', MOST),
    inState('failed', ENDED),
    inState('cancelled', ENDED),
  ]);
  const byPosition = (one: JobResource, other: JobResource) => (one.position ?? 0) - (other.position ?? 0);
  const newest = (one: JobResource, other: JobResource) => other.created_at.localeCompare(one.created_at);
  return {
    running,
    queued: queued.sort(byPosition),
    ended: [...failed, ...cancelled].sort(newest).slice(0, ENDED),
  };
}

/** The visitor's jobs that run, wait, or ended without a picture. They are asked for again whenever one changes its
 * state, and every few seconds, because the jobs of others move the queue, too. If
 * the first answer is a failure, the visitor asks again, so that the reason stays to be read. */
export function useMyQueue() {
  const states = useStream((now) =>
    Object.values(now.jobs)
      .map(({ state }) => state)
      .join(),
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: a changed state is the reason to ask
  useEffect(() => {
    queries.invalidateQueries({ queryKey: QUEUE });
  }, [states]);
  return useQuery({
    queryKey: QUEUE,
    queryFn: mine,
    refetchInterval: ({ state: { data, status } }) => (data || status !== 'error' ? EVERY : false),
  });
}
