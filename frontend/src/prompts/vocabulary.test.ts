import { describe, expect, it } from 'vitest';
import { read } from './reading';
import { insertPhrase, spread, unknownWords } from './vocabulary';

const known = new Set(['a', 'desert', 'at', 'night', 'paper', 'cut']);
const unknown = (prompt: string) => unknownWords(prompt, known, read(prompt)).map((word) => word.text);

describe('words that the model does not know', () => {
  it('are found in any case and with any punctuation', () => {
    expect(unknown('A Desert, at NIGHT!')).toEqual([]);
    expect(unknown('a Zeppelin (at night), blimp')).toEqual(['Zeppelin', 'blimp']);
  });

  it('are known if their parts are', () => {
    expect(unknown('paper-cut desert')).toEqual([]);
    expect(unknown('paper-thin desert')).toEqual(['paper-thin']);
  });

  it('are not the numbers of weights', () => {
    expect(unknown('a (desert)1.4 at (night)0.5, 7')).toEqual(['7']);
  });

  it('do not exist for an open vocabulary', () => {
    expect(unknownWords('a zeppelin', null, read('a zeppelin'))).toEqual([]);
  });
});

it('offers phrases from the whole list when there are too many', () => {
  expect(spread(['a', 'b', 'c', 'd', 'e', 'f'], 3)).toEqual(['a', 'c', 'e']);
  expect(spread(['a', 'b'], 3)).toEqual(['a', 'b']);
});

describe('inserting a phrase', () => {
  it('spaces it from its neighbours', () => {
    expect(insertPhrase('', 0, 0, 'desert')).toEqual({ text: 'desert', caret: 6 });
    expect(insertPhrase('a desert', 8, 8, 'at night').text).toBe('a desert at night');
    expect(insertPhrase('desert night', 7, 7, 'at').text).toBe('desert at night');
    expect(insertPhrase('desert, night', 6, 6, 'sea').text).toBe('desert sea, night');
  });

  it('replaces the selection', () => {
    expect(insertPhrase('a desert at night', 2, 8, 'forest').text).toBe('a forest at night');
  });
});
