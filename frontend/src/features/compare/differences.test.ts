import { expect, it } from 'vitest';
import type { Job } from '../../api/types';
import { EMPTY, prompted } from '../../document/draft';
import { toJob } from '../../document/job';
import { differences, documentDifferences, valueWords, wordsOf } from './differences';

const box = { x: 8, y: 8, width: 64, height: 64 };
const patch = (id: string, prompt: string, weight = 1) => ({ id, ...prompted(prompt), box, weight, feather: 0 });

function jobOf(change: Partial<typeof EMPTY.regions>, sampling: Partial<typeof EMPTY.sampling> = {}): Job {
  const draft = { ...EMPTY, regions: { ...EMPTY.regions, ...change }, sampling: { ...EMPTY.sampling, ...sampling } };
  return toJob(draft, { model: 'papercut' }) as Job;
}

const said = (left: Job, right: Job) =>
  documentDifferences(left, right).map(({ path, left: one, right: other }) => [
    wordsOf(path, [left, right]),
    valueWords(one),
    valueWords(other),
  ]);

it('says the differences of two documents in the words of the studio', () => {
  const left = jobOf({ prompt: 'a meadow', patches: [patch('p1', 'a house'), patch('p2', 'a tree')] }, { guidance: 3 });
  const right = jobOf({ prompt: 'a beach', patches: [patch('p2', 'a tree', 0.5)] }, { guidance: 5, eta: 1 });
  expect(said(left, right)).toEqual([
    ['Prompt', 'a meadow', 'a beach'],
    ['Region “a house”', '“a house”', 'left open'],
    ['Region “a tree”: Weight', '1', '0.5'],
    ['Guidance', '3', '5'],
    ['Eta', 'left open', '1'],
  ]);
});

it('finds no difference between a field that is left out and one that is null', () => {
  expect(differences({ a: null, b: 1 }, { b: 1 })).toEqual([]);
  expect(said(jobOf({}), jobOf({}, { seed: null }))).toEqual([]);
});

it('compares a box as a whole, and previews not at all', () => {
  const left = jobOf({ patches: [patch('p1', 'a house')] });
  const moved = { ...patch('p1', 'a house'), box: { ...box, x: 16 } };
  const right = { ...jobOf({ patches: [moved] }), preview: { every: 0, keep: 'none' as const } };
  expect(said(left, right)).toEqual([['Region “a house”: Box', '64 × 64 at 8, 8', '64 × 64 at 16, 8']]);
});

it('compares only what layouts of two kinds have in common', () => {
  const texture = toJob({ ...EMPTY, kind: 'texture' }, { model: 'papercut' }) as Job;
  expect(said(jobOf({ prompt: 'a meadow' }), texture).map(([field]) => field)).toEqual([
    'Kind',
    'Canvas: Width',
    'Canvas: Wrap',
    'Prompt',
  ]);
});
