import { expect, it } from 'vitest';
import type { ModelDescription } from '../../api/types';
import { labelOf } from './models';

const description = { title: 'Large', weights_bytes: 6_940_000_000 } as ModelDescription;

it('says of a model that does not fit what it needs, and of others their titles', () => {
  expect(labelOf({ description, fits: false })).toBe('Large (needs 6.9 GB, too large here)');
  expect(labelOf({ description, fits: true })).toBe('Large');
  expect(labelOf({ description, fits: null })).toBe('Large');
});
