import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, body } from '../../api/client';
import { queries } from '../../api/queries';
import type { JobResource, State } from '../../api/types';
import { useStream } from '../../stream/store';

const MINE = ['jobs', 'queue']; // refreshed with every list of jobs
const keyOf = (everyone: boolean) => (everyone ? [...MINE, 'everyone'] : MINE);
const MOST = 100; // jobs
const EVERY = 3_000; // milliseconds
const ENDED = 10; // jobs that ended without a picture

const inState = (state: State, limit: number, everyone = false): Promise<JobResource[]> =>
  api
    .GET('/api/jobs', { params: { query: { state, limit, everyone } } })
    .then(body)
    .then(({ items }) => items);

const newestOf = (jobs: readonly JobResource[]): JobResource[] =>
  [...jobs].sort((one, other) => other.created_at.localeCompare(one.created_at)).slice(0, ENDED);

interface MyQueue {
  running: JobResource[];
  queued: JobResource[];
  ended: JobResource[];
}

/** The jobs of all owners that run or wait, and those that ended without a picture. */
async function everybodys(): Promise<MyQueue> {
  const [running, queued, failed, cancelled] = await Promise.all([
    inState('running', MOST, true),
    inState('queued', MOST, true),
    inState('failed', ENDED, true),
    inState('cancelled', ENDED, true),
  ]);
  const place = ({ position }: JobResource) => position ?? 0;
  return {
    running,
    queued: queued.sort((one, other) => place(one) - place(other)),
    ended: newestOf([...failed, ...cancelled]),
  };
}

async function mine(): Promise<MyQueue> {
  const [running, queued, failed, cancelled] = await Promise.all([
    inState('running', MOST),
    api.GET('/api/queue/mine', { params: { query: { limit: MOST } } }).then(body),
    inState('failed', ENDED),
    inState('cancelled', ENDED),
  ]);
  return { running, queued: queued.items, ended: newestOf([...failed, ...cancelled]) };
}

/** Show the waiting jobs in another order, until the server's answer comes. */
export const showOrder = (queued: JobResource[], everyone: boolean): void => {
  queries.setQueryData<MyQueue>(keyOf(everyone), (now) => now && { ...now, queued });
};

/** The visitor's jobs that run, wait, or ended without a picture, or those of everybody. They are asked for again
 * whenever one changes its state, and every few seconds, because the jobs of others move the queue, too. If the first
 * answer is a failure, the visitor asks again, so that the reason stays to be read. */
export function useMyQueue(everyone: boolean) {
  const states = useStream((now) =>
    Object.values(now.jobs)
      .map(({ state }) => state)
      .join(),
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: a changed state is the reason to ask
  useEffect(() => {
    queries.invalidateQueries({ queryKey: MINE });
  }, [states]);
  return useQuery({
    queryKey: keyOf(everyone),
    queryFn: everyone ? everybodys : mine,
    refetchInterval: ({ state: { data, status } }) => (data || status !== 'error' ? EVERY : false),
  });
}
