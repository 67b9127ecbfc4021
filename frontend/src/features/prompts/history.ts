import type { InfiniteData } from '@tanstack/react-query';
import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import { queries } from '../../api/queries';
import type { Job, JobResource } from '../../api/types';
import { storageOf } from '../../storage';

/** A prompt that was used, and when, in milliseconds. */
interface Used {
  text: string;
  negative: boolean;
  at: number;
}

const MOST = 100; // prompts that the browser keeps

const isUsed = (one: unknown): one is Used =>
  typeof one === 'object' &&
  one !== null &&
  typeof (one as Used).text === 'string' &&
  typeof (one as Used).negative === 'boolean' &&
  typeof (one as Used).at === 'number';

const useHistory = create<{ used: readonly Used[] }>()(
  persist((): { used: readonly Used[] } => ({ used: [] }), {
    name: 'inlay.prompts.1',
    storage: createJSONStorage(() => storageOf('localStorage')),
    merge: (saved, now) => {
      const used = (saved as { used?: unknown } | null)?.used;
      return Array.isArray(used) ? { used: merged(used.filter(isUsed), now.used) } : now;
    },
  }),
);

/** The newest first, and each text once. */
function newestFirst(used: readonly Used[]): Used[] {
  const sorted = [...used].sort((one, other) => other.at - one.at);
  const known = new Set<string>();
  return sorted.filter(({ text, negative }) => {
    const key = `${negative} ${text.trim()}`;
    const fresh = text.trim() !== '' && !known.has(key);
    known.add(key);
    return fresh;
  });
}

function merged(some: readonly Used[], others: readonly Used[]): Used[] {
  return newestFirst([...some, ...others]).slice(0, MOST);
}

/** Every prompt in a part of a job document. */
function* promptsIn(part: unknown, at: number): Generator<Used> {
  if (typeof part !== 'object' || part === null) return;
  for (const [name, value] of Object.entries(part)) {
    const negative = name === 'negative_prompt';
    if ((negative || name === 'prompt') && typeof value === 'string') yield { text: value, negative, at };
    else yield* promptsIn(value, at);
  }
}

/** Add to what is stored now: another tab may have added to it. */
function add(used: readonly Used[]): void {
  useHistory.persist.rehydrate();
  useHistory.setState((now) => ({ used: merged(used, now.used) }));
}

/** Keep the prompts of a job that was sent. */
export const rememberJob = (job: Job): void => add([...promptsIn([job.layout, job.sampling], Date.now())]);

/** Keep a text that another one replaces. */
export const rememberText = (text: string, negative: boolean): void => add([{ text, negative, at: Date.now() }]);

/** The prompts used before, the newest first: those that the browser keeps, and those of the jobs in the gallery. */
export function usedPrompts(negative: boolean): string[] {
  const pages = queries.getQueryData<InfiniteData<{ items: JobResource[] }>>(['jobs'])?.pages ?? [];
  const jobs = pages.flatMap(({ items }) => items);
  const fromJobs = jobs.flatMap((job) => [
    ...promptsIn([job.spec.layout, job.spec.sampling], Date.parse(job.created_at)),
  ]);
  const all = newestFirst([...useHistory.getState().used, ...fromJobs]);
  return all.filter((one) => one.negative === negative).map(({ text }) => text);
}
