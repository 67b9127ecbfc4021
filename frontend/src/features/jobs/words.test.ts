import { expect, it } from 'vitest';
import type { Job } from '../../api/types';
import { words } from '../../words/words';
import { pictureOf, seedNumbersOf, seedOf, seedsOf, titleOfOutput } from './words';

const job = (images: number, outputs: string[]) => ({ images, outputs, sampling: { seed: 10 } }) as Job;

it('names pictures by their seeds where a job made several of one node', () => {
  expect(titleOfOutput({ name: 'x' }, job(2, ['x']))).toBe('seed 10');
  expect(titleOfOutput({ name: 'x.2' }, job(2, ['x']))).toBe('seed 11');
  expect(seedsOf(job(3, ['x']))).toBe('seeds 10 to 12');
  expect(seedsOf({ ...job(4, ['x']), keep: 1 })).toBe('the best of seeds 10 to 13');
  expect(seedsOf({ ...job(4, ['x']), keep: 2 })).toBe('the best 2 of seeds 10 to 13');
});

it('says the seeds without their word where a label has it', () => {
  expect(seedNumbersOf(job(1, ['x']))).toBe('10');
  expect(seedNumbersOf(job(3, ['x']))).toBe('10 to 12');
  expect(seedNumbersOf({ ...job(4, ['x']), keep: 2 })).toBe('the best 2 of 10 to 13');
});

it('names pictures by their nodes where a job saved several', () => {
  expect(titleOfOutput({ name: 'x1' }, job(1, ['scene', 'x1']))).toBe('the background alone');
  expect(titleOfOutput({ name: 'x1.3' }, job(4, ['scene', 'x1']))).toBe('the background alone, seed 12');
  expect(titleOfOutput({ name: 'y1.far' }, job(1, ['y1', 'y1.far']))).toBe('view y1.far');
});

it('takes a number behind a node for the image, and other names for nodes of their own', () => {
  expect(pictureOf({ name: 'a.b.2' }, job(2, ['a', 'a.b']))).toEqual({ node: 'a.b', image: 2 });
  expect(pictureOf({ name: 'a.c' }, job(2, ['a']))).toEqual({ node: 'a.c', image: 1 });
  expect(seedOf({ name: 'x.2' }, job(2, ['x']))).toBe(11);
  expect(seedOf(undefined, job(2, ['x']))).toBe(10);
  expect(seedOf({ name: 'x' }, { ...job(1, ['x']), sampling: { seed: null } } as Job)).toBeNull();
});

it('rounds a time before it splits it into minutes and seconds', () => {
  expect(words.numbers.duration(119.6)).toBe('2 min 0 s');
  expect(words.numbers.duration(89.4)).toBe('89 s');
  expect(words.numbers.duration(5399)).toBe('89 min 59 s');
});
