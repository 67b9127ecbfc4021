import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Kind } from '../api/types';
import { EMPTY } from './draft';
import { EXAMPLES, examplesFor, titleOfExample, withExample } from './examples';
import { jobOf } from './samples';

const named = (id: string) => {
  const found = EXAMPLES.find((example) => example.id === id);
  if (!found) throw new Error(`no example ${id}`);
  return found;
};

describe('the examples', () => {
  it('are the files of the repository, every one', () => {
    const files = readdirSync('../examples').filter((name) => name.endsWith('.json'));
    expect(files.length).toBeGreaterThan(0);
    expect(EXAMPLES.map(({ id }) => `${id}.json`).sort()).toEqual(files.sort());
  });

  it('have a title of their own', () => {
    expect(titleOfExample(named('portrait-doctor'))).toBe('Doctor');
    expect(named('panorama-desert-to-sea')).toMatchObject({
      says: 'a desert by day · a city by day · the sea by day',
    });
    expect(EXAMPLES.every(({ says }) => says !== '')).toBe(true);
    expect(new Set(EXAMPLES.map(titleOfExample)).size).toBe(EXAMPLES.length);
  });

  it.each<Kind>(['panorama', 'regions', 'scene', 'portrait', 'illusion', 'texture', 'custom'])(
    'are three for every kind: %s',
    (kind) => {
      expect(examplesFor(kind).map(({ job }) => job.layout.kind)).toEqual([kind, kind, kind]);
    },
  );

  it('open completely, with their own model if it is offered', () => {
    const example = named('scene-oasis');
    const chosen = { ...EMPTY, sampling: { ...EMPTY.sampling, model: 'cats', steps: 4 } };
    expect(jobOf(withExample(chosen, example, ['cats', 'papercut']))).toEqual(example.job);
    expect(withExample(chosen, example, ['cats']).sampling).toMatchObject({ model: 'cats', steps: null, seed: 7 });
    expect(withExample(EMPTY, example, ['cats']).sampling.model).toBeNull();
  });
});

it.each(EXAMPLES)('has a name for the example $id', (example) => {
  expect(titleOfExample(example)).not.toBe(example.id);
});
