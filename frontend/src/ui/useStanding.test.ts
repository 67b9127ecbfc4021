// @vitest-environment jsdom
import { renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import { useStanding } from './useStanding';

const full = new Error('The disk is full.');
const busy = new Error('The server is busy.');

it('keeps an error while the question is asked again', () => {
  const { result, rerender } = renderHook(({ error, answered }) => useStanding(error, answered), {
    initialProps: { error: null as Error | null, answered: false },
  });
  const then = (error: Error | null, answered = false) => {
    rerender({ error, answered });
    return result.current;
  };
  expect(result.current).toBe(null);
  expect(then(full)).toBe(full);
  expect(then(null)).toBe(full);
  expect(then(busy)).toBe(busy);
  expect(then(null, true)).toBe(null);
  expect(then(null)).toBe(null);
  expect(then(full, true)).toBe(full);
});

it('forgets the error of another question', () => {
  const { result, rerender } = renderHook(({ error, question }) => useStanding(error, false, question), {
    initialProps: { error: full as Error | null, question: 'a' },
  });
  expect(result.current).toBe(full);
  rerender({ error: null, question: 'b' });
  expect(result.current).toBe(null);
  rerender({ error: null, question: 'a' });
  expect(result.current).toBe(null);
});
