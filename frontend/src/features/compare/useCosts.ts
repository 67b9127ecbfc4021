import { useQueries } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, body } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import type { Job } from '../../api/types';

const SETTLED = 300; // milliseconds without a change before the server is asked

/** The cost of several jobs together. Null: not known yet, or not known to the server. */
export interface Cost {
  seconds: number | null;
  forwards: number | null;
  /** The server's reason to refuse one of the jobs. */
  problem: string | null;
}

/** The jobs, once they have not changed for a moment. */
function useSettled(jobs: readonly Job[]): readonly Job[] {
  const text = JSON.stringify(jobs);
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), SETTLED);
    return () => clearTimeout(timer);
  }, [text]);
  return settled === text ? jobs : [];
}

/** What the server expects `jobs` to cost, each of them `times` times. */
export function useCosts(jobs: readonly Job[], times: number): Cost {
  const answers = useQueries({
    queries: useSettled(jobs).map((job) => ({
      queryKey: ['compile', job],
      queryFn: () => api.POST('/api/compile', { body: job }).then(body),
      staleTime: 30_000,
      gcTime: 60_000,
    })),
  });
  const failed = answers.find(({ error }) => error instanceof ApiProblem)?.error;
  const known = answers.flatMap(({ data }) => data ?? []);
  const complete = answers.length > 0 && known.length === answers.length;
  const sum = (values: number[]) => times * values.reduce((total, value) => total + value, 0);
  const seconds = known.flatMap((one) => one.seconds ?? []);
  return {
    forwards: complete ? sum(known.map(({ cost }) => cost)) : null,
    seconds: complete && seconds.length === known.length ? sum(seconds) : null,
    problem: failed?.message ?? null,
  };
}
