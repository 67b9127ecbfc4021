import { expect, it } from 'vitest';
import { laidOver } from './fit';

const canvas = { width: 200, height: 100 };

it('covers the canvas, and cuts equal parts on both sides', () => {
  expect(laidOver(canvas, { width: 50, height: 50 }, 'crop')).toEqual({ x: 0, y: -50, width: 200, height: 200 });
  expect(laidOver(canvas, { width: 800, height: 100 }, 'crop')).toEqual({ x: -300, y: 0, width: 800, height: 100 });
  expect(laidOver(canvas, { width: 50, height: 50 }, 'stretch')).toEqual({ x: 0, y: 0, ...canvas });
});
