/** Drafts and jobs for tests. */
import type { Job } from '../api/types';
import { addPatch } from './boxes';
import { type Draft, EMPTY } from './draft';
import { type Defaults, toJob } from './job';

export const DEFAULTS: Defaults = { model: 'papercut' };

export function jobOf(draft: Draft): Job {
  const job = toJob(draft, DEFAULTS);
  if (job === null) throw new Error('the graph is not JSON');
  return job;
}

/** Regions with this many different boxes. */
export function drawn(count: number): Draft {
  let draft: Draft = { ...EMPTY, kind: 'regions' };
  for (let one = 0; one < count; one++) [draft] = addPatch(draft, null, 8);
  return draft;
}
