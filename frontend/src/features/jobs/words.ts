import type { Job, Output } from '../../api/types';
import { promptsOf } from '../../document/prompts';
import { words } from '../../words/words';

/** Describe a job in a few words: its prompts. */
export function titleOf({ layout }: Job): string {
  return (
    promptsOf(layout)
      .map(({ prompt }) => prompt)
      .join(' · ') || words.jobs.noPrompt
  );
}

/** The name of a node's picture. */
export function titleOfPicture(name: string): string {
  const known: Readonly<Record<string, string>> = words.jobs.nodes;
  return known[name] ?? words.jobs.view(name);
}

/** The number in the name of a node's picture: 1 for `x`, 2 for `x.2`; null if it is a picture of another node. */
export function numberIn(name: string, node: string): number | null {
  if (name === node) return 1;
  const number = name.startsWith(`${node}.`) ? name.slice(node.length + 1) : '';
  return /^\d+$/.test(number) ? Number(number) : null;
}

/** What a picture of a job shows: a node, and the image of the job, counted from 1. */
export function pictureOf({ name }: Pick<Output, 'name'>, { outputs }: Job): { node: string; image: number } {
  const nodes = outputs ?? [];
  const node = nodes.find((one) => one === name) ?? nodes.find((one) => numberIn(name, one) !== null) ?? name;
  return { node, image: numberIn(name, node) ?? 1 };
}

/** The seed of a job's picture, of the first one if none is named; null if the job has no seed of its own. */
export function seedOf(output: Pick<Output, 'name'> | undefined, job: Job): number | null {
  const { seed } = job.sampling;
  return seed == null ? null : seed + (output ? pictureOf(output, job).image : 1) - 1;
}

/** The name of a job's picture: its node, and the seed if there are several. */
export function titleOfOutput(output: Pick<Output, 'name'>, job: Job): string {
  const { node } = pictureOf(output, job);
  const seed = seedOf(output, job);
  const which = (job.outputs ?? []).length > 1 ? titleOfPicture(node) : '';
  return listed([which, job.images > 1 && seed !== null ? words.jobs.seed(seed) : '']) || titleOfPicture(node);
}

type Say = Pick<typeof words.jobs, 'seed' | 'seeds'>;

function sayingSeeds({ images, keep, sampling }: Job, { seed, seeds }: Say): string {
  const first = sampling.seed ?? 0;
  if (images === 1) return seed(first);
  const all = seeds(first, first + images - 1);
  return keep == null || keep === images ? all : words.jobs.best(keep, all);
}

/** The seeds of a job's pictures, in ascending order, and how many of them the job keeps. */
export const seedsOf = (job: Job): string => sayingSeeds(job, words.jobs);

/** The same without the word for seeds, for a place that has it already. */
export const seedNumbersOf = (job: Job): string => sayingSeeds(job, { seed: String, seeds: words.jobs.range });

/** Parts of a sentence in a row. Those that are empty are left out. */
export const listed = (parts: readonly (string | null)[]): string => parts.filter(Boolean).join(words.numbers.comma);
