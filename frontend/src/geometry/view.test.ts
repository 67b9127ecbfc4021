import { describe, expect, it } from 'vitest';
import { fitBoxView, fitView, keptInside, scalesOf, toCanvas, visibleBox, zoomedAt } from './view';

const CANVAS = { width: 512, height: 128 };
const AREA = { width: 1000, height: 600 };

describe('the view of the canvas', () => {
  it('keeps the point under the pointer when it zooms', () => {
    const view = { scale: 1.5, x: 40, y: -20 };
    const pointer = { x: 313, y: 207 };
    const before = toCanvas(view, pointer);
    for (const scale of [0.1, 1, 1.51, 32]) {
      const after = toCanvas(zoomedAt(view, pointer, scale), pointer);
      expect(after.x).toBeCloseTo(before.x, 9);
      expect(after.y).toBeCloseTo(before.y, 9);
    }
    const back = zoomedAt(zoomedAt(view, pointer, 8), pointer, 1.5);
    expect(back.x).toBeCloseTo(view.x, 9);
  });

  it('fits a box into the middle of the area', () => {
    const view = fitBoxView({ x: 384, y: 64, width: 128, height: 64 }, AREA, 40, 32);
    expect(view.scale).toBeCloseTo(7.1875);
    expect(toCanvas(view, { x: 500, y: 300 }).x).toBeCloseTo(448, 0);
    expect(toCanvas(view, { x: 500, y: 300 }).y).toBeCloseTo(96, 0);
  });

  it('never loses the canvas', () => {
    const lost = { scale: 1, x: 5_000, y: -9_000 };
    expect(keptInside(lost, CANVAS, AREA)).toEqual({ scale: 1, x: 952, y: -80 });
    const fit = fitView(CANVAS, AREA, 40);
    expect(keptInside(fit, CANVAS, AREA)).toEqual(fit);
  });

  it('shows a very wide canvas whole, and zooms in to its pixels', () => {
    const wide = { width: 16_384, height: 128 };
    const { scale } = fitView(wide, AREA, 40);
    const { least, most } = scalesOf(wide, AREA);
    expect(least).toBeLessThan(scale);
    expect(most).toBe(32);
  });

  it('knows which part is seen', () => {
    expect(visibleBox({ scale: 2, x: -100, y: 10 }, CANVAS, AREA)).toEqual({ x: 50, y: 0, width: 462, height: 128 });
    expect(visibleBox({ scale: 1, x: 2_000, y: 0 }, CANVAS, AREA).width).toBe(0);
  });
});
