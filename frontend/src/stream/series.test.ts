import { expect, it } from 'vitest';
import { Lru } from './lru';
import { frameAt, merged, missing } from './series';

const MEGABYTE = 2 ** 20;
const nothing = () => false;

it('shows a step by its own frame, or by the last one before it', () => {
  expect(frameAt([1, 2, 3], 2)).toBe(2);
  expect(frameAt([1, 5, 9], 8)).toBe(5);
  expect(frameAt([5, 9], 4)).toBeUndefined();
});

it('joins the steps that are kept and those that were seen', () => {
  expect(merged([1, 2, 10], [2, 3])).toEqual([1, 2, 3, 10]);
});

it('fetches a whole run in one request if it is small', () => {
  const kept = [1, 2, 3, 4, 5];
  expect(missing({ kept, bytes: MEGABYTE }, nothing, 3)).toEqual([1, 5]);
  expect(missing({ kept, bytes: MEGABYTE }, (step) => step < 4, 5)).toEqual([4, 5]);
});

it('fetches at most about 4 MiB at once, around the step', () => {
  const kept = Array.from({ length: 100 }, (_, at) => at + 1);
  const [first, last] = missing({ kept, bytes: 100 * MEGABYTE }, nothing, 50) ?? [0, 0];
  expect(last - first + 1).toBe(4);
  expect(first <= 50 && 50 <= last).toBe(true);
  expect(missing({ kept: [7], bytes: 9 * MEGABYTE }, nothing, 7)).toEqual([7, 7]);
});

it('stops at frames that are held, and asks for none that is held or not kept', () => {
  const kept = [1, 2, 3, 4, 5, 6];
  expect(missing({ kept, bytes: 6 }, (step) => step === 2 || step === 5, 4)).toEqual([3, 4]);
  expect(missing({ kept, bytes: 6 }, (step) => step === 4, 4)).toBeNull();
  expect(missing({ kept, bytes: 6 }, nothing, 7)).toBeNull();
});

it('drops the frames that were not used for longest', () => {
  const dropped: string[] = [];
  const held = new Lru<number>({ most: 10, sizeOf: (size) => size, onDrop: (_, name) => dropped.push(name) });
  held.put('a', 4);
  held.put('b', 4);
  held.get('a');
  held.put('c', 4);
  expect(dropped).toEqual(['b']);
  expect(held.has('a') && held.has('c')).toBe(true);
  held.put('big', 40); // the newest stays
  expect(held.has('big') && !held.has('c')).toBe(true);
  held.dropAll('bi');
  held.put('d', 9);
  expect(held.has('d')).toBe(true);
});
