import { describe, expect, it } from 'vitest';
import { aligned, distributed } from './arrange';
import { around, type Handle } from './box';
import { gripAt, gripsOf } from './hit';
import { resizedBox, resizedWith } from './resize';
import { linesThrough, snappedMove, targetsOf } from './snapping';

const CANVAS = { width: 512, height: 256 };
const box = (x: number, y: number, width: number, height: number) => ({ x, y, width, height });
const placed = [
  { id: 'a', box: box(0, 16, 64, 32) },
  { id: 'b', box: box(104, 96, 32, 64) },
  { id: 'c', box: box(320, 40, 96, 48) },
];

describe('several boxes', () => {
  it('are aligned at the edges and the middle of their frame', () => {
    const rights = Object.values(aligned(placed, 'right', 8)).map(({ x, width }) => x + width);
    expect(rights).toEqual([416, 416, 416]);
    expect(Object.values(aligned(placed, 'top', 8)).map(({ y }) => y)).toEqual([16, 16, 16]);
    const middles = Object.values(aligned(placed, 'centre', 8)).map(({ x, width }) => x + width / 2);
    expect(middles).toEqual([208, 208, 208]);
  });

  it('are distributed with equal gaps, on the grid', () => {
    const { a, b, c } = distributed(placed, 'x', 8);
    expect([a?.x, b?.x, c?.x]).toEqual([0, 176, 320]); // gaps of 112
    expect(distributed(placed.slice(0, 2), 'x', 8)).toEqual({ a: placed[0]?.box, b: placed[1]?.box });
  });

  it('keep their places within their frame when it is resized', () => {
    const from = around(placed.map((one) => one.box));
    const to = { ...from, width: 2 * from.width };
    expect(placed.map((one) => resizedWith(one.box, from, to, 8, false).x)).toEqual([0, 208, 640]);
    const tiny = { ...from, width: 24 };
    for (const one of placed) expect(resizedWith(one.box, from, tiny, 8, false).width).toBeGreaterThanOrEqual(8);
  });
});

describe('a moved box', () => {
  const other = box(160, 64, 48, 48);
  const snapping = { targets: targetsOf([other], CANVAS), reach: 6, cell: 8, canvas: CANVAS };

  it('snaps to cells where no line is near', () => {
    expect(snappedMove(box(0, 0, 64, 32), { x: 45, y: 19 }, snapping)).toEqual({ x: 48, y: 16 });
  });

  it('snaps to the edges of other boxes also off the grid', () => {
    const off = { ...snapping, targets: targetsOf([box(163, 64, 48, 48)], CANVAS) };
    expect(snappedMove(box(0, 0, 64, 32), { x: 160, y: 200 }, off).x).toBe(163);
  });

  it('snaps its middle to the middle of the canvas if it stays on the grid', () => {
    expect(snappedMove(box(0, 0, 64, 32), { x: 221, y: 200 }, snapping).x).toBe(224);
    expect(snappedMove(box(0, 0, 72, 32), { x: 221, y: 200 }, { ...snapping, reach: 3 }).x).toBe(224);
  });

  it('stays inside the canvas', () => {
    expect(snappedMove(box(400, 0, 64, 32), { x: 999, y: -50 }, snapping)).toEqual({ x: 48, y: 0 });
  });

  it('shows the lines that it lies on, as long as what they connect', () => {
    expect(linesThrough(box(160, 192, 16, 16), snapping.targets)).toEqual([{ axis: 'x', at: 160, from: 64, to: 208 }]);
    const centred = linesThrough(box(224, 8, 64, 8), snapping.targets);
    expect(centred).toEqual([{ axis: 'x', at: 256, from: 0, to: 256 }]);
  });
});

describe('a resized box', () => {
  const rules = {
    ...{ proportion: false, centre: false, free: false, reach: 4, cell: 8, canvas: CANVAS },
    targets: targetsOf([], CANVAS),
  };
  const resized = (handle: Handle, x: number, y: number, more: Partial<typeof rules> = {}) =>
    resizedBox(box(64, 64, 64, 32), { x, y }, { ...rules, ...more, handle });

  it('moves the dragged edges alone', () => {
    expect(resized('se', 21, 9)).toEqual(box(64, 64, 88, 40));
    expect(resized('w', 17, 50)).toEqual(box(80, 64, 48, 32));
  });

  it('keeps its proportion with Shift, from a corner and from an edge', () => {
    expect(resized('se', 64, 0, { proportion: true })).toEqual(box(64, 64, 128, 64));
    expect(resized('e', 64, 0, { proportion: true })).toEqual(box(64, 48, 128, 64));
  });

  it('keeps its middle with Alt', () => {
    expect(resized('e', 16, 0, { centre: true })).toEqual(box(48, 64, 96, 32));
    expect(resized('nw', -16, -16, { centre: true, proportion: true })).toEqual(box(32, 48, 128, 64));
  });

  it('takes any pixel with Ctrl', () => {
    expect(resized('se', 21, 9, { free: true })).toEqual(box(64, 64, 85, 41));
  });

  it('never turns inside out and stays inside the canvas', () => {
    expect(resized('e', -500, 0)).toEqual(box(64, 64, 8, 32));
    expect(resized('nw', 500, 500, { proportion: true }).width).toBeGreaterThanOrEqual(8);
    expect(resized('se', 9_999, 9_999)).toEqual(box(64, 64, 448, 192));
  });
});

describe('the handles of a box', () => {
  it('are eight, or four just outside of a box that is small on the screen', () => {
    expect(gripsOf(box(0, 0, 200, 200), 1)).toHaveLength(8);
    const small = gripsOf(box(100, 100, 128, 8), 0.2);
    expect(small.map(({ handle }) => handle)).toEqual(['nw', 'ne', 'se', 'sw']);
    expect(gripAt({ x: 104, y: 104 }, box(100, 100, 128, 8), 0.2)).toBeNull();
    expect(gripAt({ x: 80, y: 80 }, box(100, 100, 128, 8), 0.2)).toBe('nw');
  });

  it('are grabbed at the nearest one', () => {
    expect(gripAt({ x: 199, y: 201 }, box(0, 0, 200, 200), 1)).toBe('se');
    expect(gripAt({ x: 100, y: 100 }, box(0, 0, 200, 200), 1)).toBeNull();
  });
});
