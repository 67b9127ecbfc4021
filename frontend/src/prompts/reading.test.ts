import { expect, it } from 'vitest';
import { read } from './reading';
import readings from './readings.json';

it.each(readings)('reads $prompt as the server does', ({ prompt, spans }) => {
  const found = read(prompt).spans.map(({ text, weight }) => ({ text, weight: Number(weight.toFixed(9)) }));
  expect(found).toEqual(spans);
});

it('says where the weighted words are', () => {
  const prompt = 'a (red, ball)1.4 here++';
  const { leaves } = read(prompt);
  const heavy = leaves.filter(({ weight }) => weight !== 1).map(({ start, end }) => prompt.slice(start, end));
  expect(heavy).toEqual(['red', ',', 'ball', 'here']);
});

it.each(['("a cat", "a dog").blend(1, 1)', 'cat.swap(dog)++', 'a++ withLora(fur, 0.5)'])(
  'reads %s, which the server refuses, as text',
  (prompt) => {
    expect(read(prompt).weighted).toBe(false);
  },
);

it.each(['('.repeat(2_000), '(a)'.repeat(600), '"a"'.repeat(600), '(a '.repeat(500), 'a+ '.repeat(666)])(
  'reads long prompts quickly',
  (prompt) => {
    const began = performance.now();
    read(prompt);
    expect(performance.now() - began).toBeLessThan(50);
  },
);
