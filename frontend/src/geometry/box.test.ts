import { describe, expect, it } from 'vitest';
import { boxBetween, fitBox, handlePoint, moveBox, newBox, resizeBox, snap, snapLength } from './box';

const canvas = { width: 512, height: 256 };
const box = { x: 64, y: 32, width: 128, height: 96 };

describe('snapping', () => {
  it('takes the nearest grid line, or the far edge if that is nearer', () => {
    expect(snap(11, 8, 512)).toBe(8);
    expect(snap(12, 8, 512)).toBe(16);
    expect(snap(507, 8, 508)).toBe(508);
    expect(snap(503, 8, 508)).toBe(504);
  });

  it('makes lengths of at least one cell', () => {
    expect(snapLength(130, 8)).toBe(128);
    expect(snapLength(1, 8)).toBe(8);
  });
});

describe('drawing a box', () => {
  it('takes its corners in any order', () => {
    const drawn = { x: 8, y: 16, width: 96, height: 48 };
    expect(boxBetween({ x: 9, y: 15 }, { x: 103, y: 65 }, 8, canvas)).toEqual(drawn);
    expect(boxBetween({ x: 103, y: 15 }, { x: 9, y: 65 }, 8, canvas)).toEqual(drawn);
  });

  it('is cut to the canvas', () => {
    expect(boxBetween({ x: -50, y: 200 }, { x: 60, y: 900 }, 8, canvas)).toEqual({
      x: 0,
      y: 200,
      width: 64,
      height: 56,
    });
  });

  it('gives no box below one cell', () => {
    expect(boxBetween({ x: 20, y: 20 }, { x: 22, y: 90 }, 8, canvas)).toBeNull();
  });
});

describe('moving a box', () => {
  it('goes by whole cells and stays inside', () => {
    expect(moveBox(box, { x: 13, y: -3 }, 8, canvas)).toEqual({ ...box, x: 80 });
    expect(moveBox(box, { x: 9_000, y: -9_000 }, 8, canvas)).toEqual({ ...box, x: 384, y: 0 });
  });

  it('keeps the offset of a box that is off the grid', () => {
    expect(moveBox({ ...box, x: 67 }, { x: 8, y: 0 }, 8, canvas).x).toBe(75);
  });
});

describe('resizing a box', () => {
  it('moves only the dragged edges', () => {
    expect(resizeBox(box, 'e', { x: 15, y: 99 }, 8, canvas)).toEqual({ ...box, width: 144 });
    expect(resizeBox(box, 'nw', { x: -16, y: 16 }, 8, canvas)).toEqual({ x: 48, y: 48, width: 144, height: 80 });
  });

  it('never turns inside out, nor leaves the canvas', () => {
    expect(resizeBox(box, 'w', { x: 900, y: 0 }, 8, canvas)).toEqual({ ...box, x: 184, width: 8 });
    expect(resizeBox(box, 'se', { x: 900, y: 900 }, 8, canvas)).toEqual({ ...box, width: 448, height: 224 });
  });
});

it('fits a box into a canvas that has become smaller', () => {
  expect(fitBox({ x: 400, y: 0, width: 300, height: 100 }, { width: 256, height: 128 })).toEqual({
    x: 0,
    y: 0,
    width: 256,
    height: 100,
  });
});

it('puts a new box on the grid and inside, however many there are', () => {
  for (const already of [0, 1, 4, 63]) {
    const made = newBox(canvas, 8, already);
    expect(made.x % 8).toBe(0);
    expect(made.x + made.width).toBeLessThanOrEqual(canvas.width);
    expect(made.y + made.height).toBeLessThanOrEqual(canvas.height);
  }
});

it('sets the handles on corners and edges', () => {
  expect(handlePoint(box, 'nw')).toEqual({ x: 64, y: 32 });
  expect(handlePoint(box, 's')).toEqual({ x: 128, y: 128 });
});
