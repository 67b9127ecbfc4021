import { expect, test } from 'vitest';
import { jitter } from './socket';

test('the first connection waits for nothing', () => {
  expect(jitter(0)).toBe(0);
});

test.each([
  [1, 1_000],
  [2, 2_000],
  [3, 4_000],
  [9, 8_000],
])('reconnection %i is put off by a random time of at most %i ms', (retry, most) => {
  const waits = Array.from({ length: 500 }, () => jitter(retry));
  expect(Math.max(...waits)).toBeLessThanOrEqual(most);
  expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(most * 0.8);
});
