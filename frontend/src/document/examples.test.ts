import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Kind } from '../api/types';
import { EMPTY } from './draft';
import { EXAMPLES, examplesFor, titleOfExample, withExample } from './examples';
import { jobOf } from './samples';

const vocabulary = [{ group: 'places', words: ['a desert'] }] as never;
const PAPERCUT = { id: 'papercut', native_size: 128, vocabulary };
const LARGE = { id: 'large', native_size: 256, vocabulary };
const CATS = { id: 'cats', native_size: 128, vocabulary: [] };

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
    expect(jobOf(withExample(chosen, example, [CATS, PAPERCUT]))).toEqual(example.job);
    expect(withExample(chosen, example, [CATS]).sampling).toMatchObject({ model: 'cats', steps: null, seed: 7 });
    expect(withExample(EMPTY, example, [CATS]).sampling.model).toBeNull();
  });

  it('open for a model that knows their words, at the size of its pictures', () => {
    const example = named('scene-oasis');
    const { layout } = example.job;
    if (layout.kind !== 'scene') throw new Error('the oasis is no scene');
    const models = [CATS, PAPERCUT, LARGE];
    const opened = withExample(EMPTY, example, models, LARGE);
    expect(opened.sampling).toMatchObject({ model: 'large', seed: 7 });
    expect(opened.scene.canvas).toMatchObject({ width: 2 * layout.canvas.width, height: 2 * layout.canvas.height });
    expect(opened.scene.box.width).toBe(2 * layout.box.width);
    const chosen = { ...EMPTY, sampling: { ...EMPTY.sampling, model: 'papercut' } };
    expect(jobOf(withExample(chosen, example, models, LARGE))).toEqual(example.job);
  });
});

it.each(EXAMPLES)('has a name for the example $id', (example) => {
  expect(titleOfExample(example)).not.toBe(example.id);
});
