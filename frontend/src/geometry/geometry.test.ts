import { describe, expect, it } from 'vitest';
import { colourOf, freeId } from './colour';
import { dotSpacing, fitView, toCanvas } from './view';
import { nearestZone, wrapped, zone } from './zones';

describe('the view', () => {
  it('fits the canvas into its area, in the middle', () => {
    const view = fitView({ width: 512, height: 128 }, { width: 1104, height: 600 }, 40);
    expect(view).toEqual({ scale: 2, x: 40, y: 172 });
    expect(toCanvas(view, { x: 40 + 2 * 100, y: 172 + 2 * 50 })).toEqual({ x: 100, y: 50 });
  });

  it('spaces the dots so that they stay apart', () => {
    expect(dotSpacing(8, 2)).toBe(8);
    expect(dotSpacing(8, 0.3)).toBe(64);
  });
});

describe('zones', () => {
  const canvas = { width: 512, height: 128 };

  it('tile the axis without a gap', () => {
    const zones = [0, 1, 2].map((index) => zone(index, { count: 3 }, 'x', canvas));
    expect(zones.map(({ x }) => x)).toEqual([0, 171, 341]);
    expect(zones.reduce((sum, { width }) => sum + width, 0)).toBe(512);
    expect(zone(1, { count: 2 }, 'y', canvas)).toEqual({ x: 0, y: 64, width: 512, height: 64 });
  });

  it('belong to the nearest prompt, also across an edge that wraps', () => {
    expect(nearestZone(500, { count: 3 }, 512, false)).toBe(2);
    expect(nearestZone(256, { count: 2 }, 512, false)).toBe(0);
    expect(nearestZone(540, { count: 3 }, 512, true)).toBe(0);
    expect(nearestZone(200, { count: 2, positions: [0.1, 0.9] }, 512, false)).toBe(0);
    expect(nearestZone(200, { count: 2, positions: [0.1, 0.5] }, 512, false)).toBe(1);
  });

  it('begin half way between positions, and around an edge that wraps', () => {
    const spread = { count: 2, positions: [0.25, 0.5] };
    expect([0, 1].map((index) => zone(index, spread, 'x', canvas))).toMatchObject([
      { x: 0, width: 192 },
      { x: 192, width: 320 },
    ]);
    expect([0, 1].map((index) => zone(index, spread, 'x', { ...canvas, wrap: 'x' }))).toMatchObject([
      { x: -64, width: 256 },
      { x: 192, width: 256 },
    ]);
  });
});

it('cuts a box into pieces at an edge that wraps', () => {
  const box = { x: 448, y: 0, width: 128, height: 128 };
  const canvas = { width: 512, height: 128, wrap: 'x' as const };
  expect(wrapped(box, canvas).map(({ x }) => x)).toEqual([448, -64]);
  expect(wrapped(box, { ...canvas, wrap: 'none' })).toEqual([box]);
});

describe('colours and ids', () => {
  it('keep a colour per id, different for neighbours', () => {
    const colours = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7', 'p8'].map(colourOf);
    expect(new Set(colours).size).toBe(8);
    expect(colourOf('p9')).toBe(colours[0]);
    expect(colourOf('house')).toMatch(/^#/);
  });

  it('take the first free id', () => {
    expect(freeId('p', ['p1', 'p3', 'house'])).toBe('p2');
  });
});
