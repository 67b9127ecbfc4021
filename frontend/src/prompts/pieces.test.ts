import { expect, it } from 'vitest';
import { piecesOf, shownWeight, weightedPhrases } from './pieces';
import { read } from './reading';

const pieces = (prompt: string, known: ReadonlySet<string> | null = null, caret: number | null = null) =>
  piecesOf(prompt, read(prompt), known, caret);

it('divides a prompt without losing a character', () => {
  const prompt = '  a zeppelin++,\n(at night)0.5 (';
  expect(
    pieces(prompt, new Set(['a', 'at', 'night']), 17)
      .map(({ text }) => text)
      .join(''),
  ).toBe(prompt);
});

it('marks words that the model does not know, also two beside each other', () => {
  const found = pieces('a zeppelin,blimp at', new Set(['a', 'at']));
  expect(found.filter(({ unknown }) => unknown).map(({ text }) => text)).toEqual(['zeppelin', 'blimp']);
});

it('marks brackets', () => {
  const found = pieces('(a) (b', null, 0).flatMap(({ bracket, start }) => (bracket ? [[bracket, start]] : []));
  expect(found).toEqual([
    ['matched', 0],
    ['matched', 2],
    ['unmatched', 4],
  ]);
});

it('says what weighs how much', () => {
  const prompt = 'a ball++ in (tall (green)1.2 grass)0.5, (red ball)1.4';
  expect(weightedPhrases(prompt, read(prompt)).map(({ text, weight }) => `${text} ${shownWeight(weight)}`)).toEqual([
    'ball 1.21',
    'tall 0.5',
    'green 0.6',
    'grass 0.5',
    'red ball 1.4',
  ]);
});
