import { LIMITS } from '../../api/limits';
import type { Job } from '../../api/types';
import type { Limits } from '../../words/limits';
import { words } from '../../words/words';

const say = words.compare;

/** The most pictures of one grid. */
export const MOST_CELLS = 16;

/** A number of a job document that a grid can vary. `usual`: values to begin with. */
export interface Setting {
  id: string;
  readonly label: string;
  limits: Limits;
  usual: readonly number[];
  read: (job: Job) => number | null;
  write: (job: Job, value: number) => Job;
}

type Sampled = 'guidance' | 'guidance_rescale' | 'eta' | 'steps';

const sampled = (id: Sampled, usual: readonly number[]): Setting => ({
  id,
  get label() {
    return say.fields[id];
  },
  limits: LIMITS.Sampling[id],
  usual,
  read: ({ sampling }) => sampling[id] ?? null,
  write: (job, value) => ({ ...job, sampling: { ...job.sampling, [id]: value } }),
});

const COARSE: Setting = {
  id: 'coarse',
  get label() {
    return say.coarseWeight;
  },
  limits: LIMITS.Coarse.weight,
  usual: [0, 1, 3, 10],
  read: ({ sampling }) => sampling.coarse?.weight ?? null,
  write: (job, weight) => ({
    ...job,
    sampling: { ...job.sampling, coarse: { active: [0, 1], ...job.sampling.coarse, weight } },
  }),
};

const START: Setting = {
  id: 'strength',
  get label() {
    return say.fields.strength;
  },
  limits: LIMITS.Start.strength,
  usual: [0.3, 0.5, 0.7, 0.9],
  read: ({ start }) => start?.strength ?? null,
  write: (job, strength) => (job.start ? { ...job, start: { ...job.start, strength } } : job),
};

const WEIGHTS = [0.25, 0.5, 1, 2];

/** The weight of one box of a layout: of a patch of regions, or of the head of a portrait. */
function weightOf({ layout }: Job, selected: string | null): Setting[] {
  if (layout.kind === 'portrait') {
    const write = (job: Job, weight: number): Job =>
      job.layout.kind === 'portrait'
        ? { ...job, layout: { ...job.layout, head: { ...job.layout.head, weight } } }
        : job;
    const { weight } = layout.head;
    return [
      {
        id: 'weight',
        label: say.headWeight,
        limits: LIMITS.Head.weight,
        usual: [1, 2, 4, 8],
        read: () => weight,
        write,
      },
    ];
  }
  const patch = layout.kind === 'regions' ? layout.patches.find(({ id }) => id === selected) : undefined;
  if (!patch) return [];
  const write = (job: Job, weight: number): Job => {
    if (job.layout.kind !== 'regions') return job;
    const patches = job.layout.patches.map((one) => (one.id === patch.id ? { ...one, weight } : one));
    return { ...job, layout: { ...job.layout, patches } };
  };
  const label = say.weightOf(patch.prompt.trim() || patch.id);
  return [{ id: 'weight', label, limits: LIMITS.Patch.weight, usual: WEIGHTS, read: () => patch.weight, write }];
}

/** The settings of a job that a grid can vary. `selected` is the chosen box. */
export function settingsOf(job: Job, selected: string | null): Setting[] {
  return [
    sampled('guidance', [1.5, 3, 5, 8]),
    sampled('steps', [5, 10, 20, 40]),
    ...weightOf(job, selected),
    sampled('eta', [0, 0.3, 0.7, 1]),
    ...(job.start ? [START] : []),
    ...(job.layout.kind === 'custom' ? [] : [COARSE]),
    sampled('guidance_rescale', [0, 0.3, 0.7, 1]),
  ];
}

/** Read the values that a visitor typed, or say what is wrong with them. */
export function readValues(text: string, { limits }: Setting): number[] | string {
  const parts = text.split(/[,;\s]+/).filter((part) => part !== '');
  const values = [...new Set(parts.map(Number))];
  const bad = parts.find((part) => !Number.isFinite(Number(part)));
  if (bad !== undefined) return say.notNumber(bad);
  if (values.length < 2) return say.tooFew;
  if (values.length > MOST_CELLS) return say.tooMany(MOST_CELLS);
  const { min = -Infinity, max = Infinity, above = -Infinity, below = Infinity } = limits;
  const beyond = values.find((value) => value < min || value > max || value <= above || value >= below);
  if (beyond !== undefined) return say.beyond(beyond, limits);
  const broken = limits.whole ? values.find((value) => !Number.isInteger(value)) : undefined;
  return broken === undefined ? values : say.notWhole(broken);
}
