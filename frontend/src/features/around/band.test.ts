import { describe, expect, it } from 'vitest';
import type { Layout } from '../../api/types';
import { anglesOf, bandOf, goesAround } from './band';

const panorama = (width: number, height: number, wrap: 'none' | 'x' | 'y' | 'both') =>
  ({ kind: 'panorama', canvas: { width, height, wrap }, prompt: 'the sea' }) as Layout;
const sized = (width: number, height: number) => ({ width, height });

describe('a picture goes around', () => {
  it.each([
    ['a strip whose left and right edges meet', panorama(512, 128, 'x'), sized(512, 128), true],
    ['a strip whose edges all meet', panorama(256, 128, 'both'), sized(256, 128), true],
    ['a strip without wrap', panorama(512, 128, 'none'), sized(512, 128), false],
    ['a strip whose top meets its bottom', panorama(512, 128, 'y'), sized(512, 128), false],
    ['a square', panorama(128, 128, 'x'), sized(128, 128), false],
    ['a part of the canvas', panorama(512, 128, 'x'), sized(256, 128), false],
  ])('%s', (_, layout, output, around) => {
    expect(goesAround(layout, output)).toBe(around);
  });

  it('if it is a wide texture, which always wraps', () => {
    const texture = { kind: 'texture', canvas: { width: 256, height: 128, wrap: 'none' }, prompt: 'grass' } as Layout;
    expect(goesAround(texture, sized(256, 128))).toBe(true);
  });
});

it('puts a strip around the horizon, with the same pixels per degree in both directions', () => {
  expect(bandOf(sized(512, 128))).toEqual({
    fullWidth: 512,
    fullHeight: 256,
    croppedWidth: 512,
    croppedHeight: 128,
    croppedX: 0,
    croppedY: 64,
  });
  expect(bandOf(sized(256, 128))).toMatchObject({ fullHeight: 128, croppedY: 0 });
});

it.each([
  [256, 128],
  [512, 128],
  [16384, 128],
])('begins at an angle between the narrowest and the widest: %i x %i', (width, height) => {
  const { narrowest, first, widest } = anglesOf(sized(width, height));
  expect(narrowest).toBeGreaterThanOrEqual(1);
  expect(first).toBeGreaterThan(narrowest);
  expect(first).toBeLessThan(widest);
});
