import { expect, it } from 'vitest';
import { bracketsOf, pairAt } from './brackets';

it.each([
  ['a (b) c', []],
  ['a (b c', [2]],
  ['a) (b', [1, 3]],
  ['((a)', [0]],
  [String.raw`\( a`, []],
])('finds the brackets of %s without a partner', (prompt, unmatched) => {
  expect(bracketsOf(prompt).unmatched).toEqual(unmatched);
});

it('finds the pair beside the caret', () => {
  const brackets = bracketsOf('a (b (c))');
  expect(pairAt(brackets, 3)).toEqual([2, 8]);
  expect(pairAt(brackets, 5)).toEqual([5, 7]);
  expect(pairAt(brackets, 9)).toEqual([2, 8]);
  expect(pairAt(brackets, 1)).toBeNull();
});
