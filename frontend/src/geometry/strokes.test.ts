import { expect, it } from 'vitest';
import { hexOf, unitsOf } from './colour';
import { boundsOf, lengthened } from './strokes';

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

it('frames what strokes paint, with the width of the brush and the fading edge of an area', () => {
  const canvas = { width: 100, height: 50 };
  const line = { colour: '#ffffff', size: 10, points: [20, 20, 40.5, 30] };
  expect(boundsOf([line], canvas)).toEqual({ x: 15, y: 15, width: 31, height: 20 });
  const area = { colour: '#ffffff', size: 16, soft: 0.5, points: [60, 10, 90, 10, 90, 30], filled: true as const };
  expect(boundsOf([line, area], canvas)).toEqual({ x: 15, y: 8, width: 77, height: 27 });
  expect(boundsOf([{ ...line, colour: null }], canvas)).toBeNull();
  expect(boundsOf([{ ...line, points: [300, 300] }], canvas)).toBeNull();
});
