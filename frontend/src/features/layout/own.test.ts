import { expect, it } from 'vitest';
import { prompted } from '../../document/draft';
import { faultOf, isOwn, ownParts } from './own';

const AT = ['layout', 'patches', 1];
const lora = { message: 'It does not fit.', location: [...AT, 'loras', 0, 'lora'] };
const prompt = { message: 'It is too long.', location: [...AT, 'prompt'] };
const box = { message: 'It lies outside.', location: [...AT, 'box'] };

it('shows the errors of a prompt beside it, and those of folded fields only while they are folded', () => {
  expect(faultOf([lora], AT, false)).toBe('It does not fit.');
  expect(faultOf([lora], AT, true)).toBeUndefined();
  expect(faultOf([box, lora, prompt], AT, true)).toBe('It is too long.');
  expect(faultOf([box], AT, false)).toBeUndefined();
  expect(faultOf([prompt], ['layout', 'patches', 0], false)).toBeUndefined();
});

it('knows which errors are in the folded fields of a prompt', () => {
  expect(isOwn(lora, AT)).toBe(true);
  expect(isOwn(prompt, AT)).toBe(false);
  expect(isOwn(lora, ['layout', 'patches', 0])).toBe(false);
});

it('summarises the own settings of a prompt', () => {
  expect(ownParts(prompted('a tree'))).toEqual([]);
  const reference = { adapter: 'look', picture: 'c'.repeat(64), weight: 1 };
  const loras = [{ lora: 'ink', weight: 1 }];
  const all = { ...prompted(), model: 'ink-sd', seed: 0, active: [0, 0.5], fade: [0.2, 0], loras, reference };
  expect(ownParts(all)).toEqual(['seed 0', 'ink-sd', 'active in part', 'fades', 'a LoRA', 'a reference']);
});
