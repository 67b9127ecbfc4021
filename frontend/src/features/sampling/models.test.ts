import { expect, it } from 'vitest';
import type { ModelDescription } from '../../api/types';
import { firstChoice, labelOf, needsOf } from './models';

const description = { title: 'Large', weights_bytes: 6_940_000_000 } as ModelDescription;

it('shows the memory that a model needs if it does not fit, and only its title otherwise', () => {
  expect(labelOf({ description, fits: false })).toBe('Large (needs 6.9 GB, too large here)');
  expect(labelOf({ description, fits: true })).toBe('Large');
  expect(labelOf({ description, fits: null })).toBe('Large');
});

it('says what a model needs, and whether it fits only if that is known', () => {
  expect(needsOf({ description, fits: true })).toBe('Needs 6.9 GB, fits this device');
  expect(needsOf({ description, fits: false })).toBe('Needs 6.9 GB, more than this device has room for');
  expect(needsOf({ description: { ...description, weights_bytes: 36_400_000 }, fits: null })).toBe('Needs 36 MB');
  expect(needsOf({ description: { ...description, weights_bytes: null }, fits: true })).toBeNull();
});

it('chooses the largest model that knows the words of the examples first, unless it is too large or missing', () => {
  const words = [{ group: 'places', words: ['a desert'] }];
  const model = (id: string, fits: boolean | null, native_size = 128, vocabulary: unknown = []) => ({
    description: { ...description, id, native_size, vocabulary } as ModelDescription,
    fits,
  });
  const papercut = (fits: boolean | null) => model('papercut', fits, 128, words);
  const large = (fits: boolean | null) => model('papercut-large', fits, 256, words);
  const first = (...offered: ReturnType<typeof model>[]) => firstChoice(offered)?.description.id;
  expect(first(model('birds', true, 512), papercut(null), large(null))).toBe('papercut-large');
  expect(first(large(true), papercut(true))).toBe('papercut-large');
  expect(first(papercut(null), large(false))).toBe('papercut');
  expect(first(large(true))).toBe('papercut-large'); // the only one that fits
  expect(first(model('birds', true), papercut(false))).toBe('birds');
  expect(first(model('ants', false), model('birds', null))).toBe('birds');
  expect(first(model('ants', false))).toBe('ants');
  expect(first()).toBeUndefined();
});
