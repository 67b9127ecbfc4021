import { describe, expect, it } from 'vitest';
import { completionsAt, everyPhrase, phrasesOf } from './completion';

const GROUPS = [
  { name: 'Places', phrases: ['a desert', 'a sandy desert', 'desert dunes', 'the sea', 'a sea with waves'] },
  { name: 'Times', phrases: ['at night', 'on a bright day', 'in the dark'] },
];

const offered = (text: string, caret = text.length) =>
  completionsAt(text, caret, GROUPS, 20).flatMap(({ name, completions }) =>
    completions.map(({ phrase, start }) => [name, phrase, text.slice(start, caret)]),
  );

describe('completion', () => {
  it('takes the longest text before the caret that begins a phrase', () => {
    expect(offered('a house, a san')[0]).toEqual(['Places', 'a sandy desert', 'a san']);
    expect(offered('a house a san')[0]).toEqual(['Places', 'a sandy desert', 'a san']);
  });

  it('finds words inside phrases, after those at their beginning', () => {
    expect(offered('des').map(([, phrase]) => phrase)).toEqual(['desert dunes', 'a desert', 'a sandy desert']);
    expect(offered('a house, brig')).toEqual([['Times', 'on a bright day', 'brig']]);
    expect(offered('ight').map(([, phrase]) => phrase)).toEqual(['at night', 'on a bright day']);
  });

  it('takes capital letters as small ones', () => {
    expect(offered('The S')[0]?.[1]).toBe('the sea');
  });

  it('offers nothing after a space, in the middle of a word, and for a phrase that stands there', () => {
    expect(offered('a ')).toEqual([]);
    expect(offered('desert', 3)).toEqual([]);
    expect(offered('at night')).toEqual([]);
  });

  it('keeps 500 phrases quick', () => {
    const many = [{ name: 'Many', phrases: Array.from({ length: 500 }, (_, at) => `a thing of number ${at}`) }];
    const began = performance.now();
    for (let times = 0; times < 100; times++) completionsAt('a house, a tree and a thing of n', 32, many, 60);
    expect((performance.now() - began) / 100).toBeLessThan(5);
    expect(completionsAt('a thing', 7, many, 60)[0]?.completions).toHaveLength(60);
  });
});

it('offers every phrase at the caret', () => {
  expect(everyPhrase(4, GROUPS).map(({ completions }) => completions.length)).toEqual([5, 3]);
});

it('divides prompts into phrases', () => {
  expect(phrasesOf(['a red barn, at night', 'a red barn. By the sea'])).toEqual([
    'a red barn',
    'at night',
    'By the sea',
  ]);
});
