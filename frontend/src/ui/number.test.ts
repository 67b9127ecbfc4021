import { expect, it } from 'vitest';
import { readNumber } from './number';

it.each([
  ['۱۲', 12],
  ['٣٤', 34],
  ['۰٫۵', 0.5],
  ['-۲', -2],
])('reads the digits of Persian and Arabic keyboards: %s', (typed, number) => {
  expect(readNumber(typed, {})).toEqual({ number });
});

it('asks for a point where the thousands are set apart', () => {
  expect(readNumber('۱٬۰۰۰', {})).toHaveProperty('wrong');
});
