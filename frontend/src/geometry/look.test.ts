import { expect, it } from 'vitest';
import type { Transform } from '../api/types';
import { placed } from './look';

/** The position of a point of the picture after the transform. */
function seen(transform: Transform, x: number, y: number, canvas = { width: 4, height: 4 }) {
  const { x: toX, y: toY, offsetX, offsetY, rotation, scaleX, scaleY } = placed(transform, canvas);
  const [right, down] = [(x - offsetX) * scaleX, (y - offsetY) * scaleY];
  const angle = (rotation * Math.PI) / 180;
  const turned = [right * Math.cos(angle) - down * Math.sin(angle), right * Math.sin(angle) + down * Math.cos(angle)];
  return [turned[0] ?? 0, turned[1] ?? 0].map((part, at) => Math.round(part + (at === 0 ? toX : toY)));
}

it.each([
  ['identity', [4, 1]],
  ['flip_x', [0, 1]],
  ['flip_y', [4, 3]],
  ['rotate_90', [1, 0]],
  ['rotate_180', [0, 3]],
  ['rotate_270', [3, 4]],
] as const)('%s takes the right edge where the eye expects it', (transform, to) => {
  expect(seen(transform, 4, 1)).toEqual(to);
});

it('shrinks a quarter turn until it fits', () => {
  expect(placed('rotate_90', { width: 8, height: 4 }).scaleX).toBe(0.5);
  expect(placed('rotate_180', { width: 8, height: 4 }).scaleX).toBe(1);
});
