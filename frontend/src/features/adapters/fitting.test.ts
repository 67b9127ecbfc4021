import { expect, it } from 'vitest';
import type { AdapterDescription, ModelDescription } from '../../api/types';
import { fits, offered, withTaken } from './fitting';

const model = { kind: 'stable-diffusion', cross_attention_dim: 768, channels: 4, adapters: null } as ModelDescription;
const lora = { entry: 'lora', kind: 'stable-diffusion', id: 'ink', title: 'Ink' } as AdapterDescription;

it('fits if kind, sort and the known widths agree', () => {
  expect(fits(lora, model)).toBe(true);
  expect(fits({ ...lora, cross_attention_dim: 768, in_channels: 4 }, model)).toBe(true);
  expect(fits({ ...lora, cross_attention_dim: 1024 }, model)).toBe(false);
  expect(fits({ ...lora, in_channels: 16 }, model)).toBe(false);
  expect(fits({ ...lora, cross_attention_dim: 1024 }, { ...model, cross_attention_dim: null })).toBe(true);
  const blocks = { block_channels: [320, 640] };
  expect(fits({ ...lora, ...blocks }, { ...model, ...blocks })).toBe(true);
  expect(fits({ ...lora, ...blocks }, { ...model, block_channels: [320, 1280] })).toBe(false);
  expect(fits({ ...lora, kind: 'stable-diffusion-xl' }, model)).toBe(false);
  expect(fits(lora, { ...model, adapters: ['controlnet'] })).toBe(false);
});

it('is offered by its sort, and a chosen one stays in the list', () => {
  const look = { ...lora, entry: 'ip-adapter' as const, id: 'look' };
  const choices = offered([lora, look], 'lora', model);
  expect(choices).toEqual([['ink', 'Ink']]);
  expect(offered([lora], 'lora', undefined)).toEqual([]);
  expect(withTaken(choices, 'ink')).toEqual(choices);
  expect(withTaken(choices, 'gone').map(([id]) => id)).toEqual(['gone', 'ink']);
});
