import { expect, it } from 'vitest';
import { hexOf, unitsOf } from './colour';
import { lengthened } from './strokes';

it('takes the points of a stroke that are apart, in tenths of a pixel', () => {
  const begun = lengthened([], { x: 1.234, y: 5 }, 2);
  expect(begun).toEqual([1.2, 5]);
  expect(lengthened(begun, { x: 2, y: 5 }, 2)).toBe(begun);
  expect(lengthened(begun, { x: 4, y: 5.05 }, 2)).toEqual([1.2, 5, 4, 5.1]);
});

it.each(['#000000', '#ffffff', '#5b8fd6', '#0180fe'])('writes the colour %s as shares, and back', (colour) => {
  expect(hexOf(unitsOf(colour))).toBe(colour);
});

it('writes shares beyond 0 and 1 as the nearest colour', () => {
  expect(hexOf([-1, 0.5, 2])).toBe('#0080ff');
});
