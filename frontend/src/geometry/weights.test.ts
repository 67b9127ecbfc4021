import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Regions } from '../api/types';
import { ramp, sharesOf, type Weighed } from './weights';

const FILE = new URL('../../../tests/unit/worker/build/weights_of_regions.json', import.meta.url);
const CELL = 8;

describe('the weights of patches', () => {
  it('are those that the worker gives them', () => {
    const { layout, shares } = JSON.parse(readFileSync(FILE, 'utf8')) as {
      layout: Regions;
      shares: Record<string, number[]>;
    };
    const { of } = sharesOf(layout.patches as unknown as Weighed[], layout.canvas, CELL);
    expect([...of.keys()]).toEqual(Object.keys(shares));
    for (const [id, share] of of) {
      const apart = [...share].map((value, at) => Math.abs(value - (shares[id]?.[at] ?? Number.NaN)));
      expect(Math.max(...apart)).toBeLessThan(1e-4);
    }
  });

  it.each([
    [1, 6, 2, false, [0, 0.25, 0.75, 1, 1, 0.75, 0.25, 0]],
    [0, 4, 2, false, [1, 1, 0.75, 0.25, 0, 0, 0, 0]],
    [0, 8, 3, false, [1, 1, 1, 1, 1, 1, 1, 1]],
    [0, 4, 2, true, [0.25, 0.75, 0.75, 0.25, 0, 0, 0, 0]],
    [6, 4, 1, true, [1, 0.5, 0, 0, 0, 0, 0.5, 1]],
  ])('fall to the edge of a box: from %i, %i cells, feather %i', (start, length, feather, wraps, expected) => {
    expect([...ramp(start, length, feather, 8, wraps)]).toEqual(expected);
  });

  it('follow a mask', () => {
    const box = { x: 8, y: 0, width: 16, height: 8 };
    const mask = { width: 2, height: 1, cells: 'ff33' };
    const { of } = sharesOf(
      [{ id: 'a', box, feather: 0, weight: 1, mask }],
      { width: 32, height: 8, wrap: 'none' },
      CELL,
    );
    expect([...(of.get('a') ?? [])].map((share) => Math.round(share * 10) / 10)).toEqual([0, 1, 0.2, 0]);
  });

  it('are shared in an overlap: a patch of weight 3 counts three times as much as one of 1', () => {
    const box = { x: 0, y: 0, width: 64, height: 64 };
    const canvas = { width: 64, height: 64, wrap: 'none' as const };
    const at = (id: string, weight: number) => ({ id, box, feather: 0, weight });
    const { of } = sharesOf([at('a', 1), at('b', 3)], canvas, CELL);
    expect([of.get('a')?.[0], of.get('b')?.[0]]).toEqual([0.25, 0.75]);
    expect(sharesOf([at('a', 0.5)], canvas, CELL).of.get('a')?.[0]).toBe(0.5); // the background has the rest
  });
});
