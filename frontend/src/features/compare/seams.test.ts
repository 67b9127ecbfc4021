import { expect, it } from 'vitest';
import type { GraphSpec } from '../../api/types';
import { viewBorders } from './borders';
import { type Pixels, seamScore } from './seams';
import cases from './seams.json';

/** The picture that tests/unit/benchmarks/test_judge_measures.py measures as well. */
function drawn(width: number, height: number): Pixels {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        const value = x * x * 7 + y * 13 + c * 29 + Math.floor(x / 16) * 40 + Math.floor(y / 8) * 17;
        data[4 * (y * width + x) + c] = value % 256;
      }
    }
  }
  return { data, width, height };
}

const boxesOf = (corners: number[][]) =>
  corners.map(([left = 0, top = 0, right = 0, bottom = 0]) => ({
    x: left,
    y: top,
    width: right - left,
    height: bottom - top,
  }));

it.each(cases)('measures the seams of $width x $height as the judge does', async ({ width, height, boxes, score }) => {
  expect(await seamScore(drawn(width, height), boxesOf(boxes))).toBeCloseTo(score, 4);
});

it('has no score without a border inside the picture', async () => {
  expect(await seamScore(drawn(16, 16), boxesOf([[0, 0, 16, 16]]))).toBeNull();
  const plain = { data: new Uint8ClampedArray(4 * 64), width: 8, height: 8 };
  expect(await seamScore(plain, boxesOf([[0, 0, 4, 8]]))).toBe(1);
});

const crop = (x: number, width: number) => ({ kind: 'crop', control: 'x', box: { x, y: 0, width, height: 4 } });
const view = (operator: object, more: object = {}) => ({ operator, precision: { weight: 1, ...more } });

function graphOf(observables: object[], operator: object | null = null): GraphSpec {
  return { observables, controls: [], laws: [], outputs: [{ node: operator ? 'scene' : 'x', operator }] } as never;
}

const canvas = { width: 64, height: 32, wrap: 'none' } as const;

it('takes the window of a view, or the region in which it counts', () => {
  const region = { box: { x: 2, y: 1, width: 2, height: 2 } };
  const whole = { kind: 'identity', control: 'x' };
  const graph = graphOf([
    view(crop(0, 4)),
    view({ kind: 'flip', axis: 'x', of: crop(4, 4) }),
    view(crop(1, 4), { inside: region }),
    view({ kind: 'resize', of: whole, width: 4, height: 4 }),
    view(crop(3, 4), { weight: 0 }),
    view(whole),
  ]);
  const boxes = viewBorders(graph, 'x', canvas, 8).map(({ x, width }) => [x, width]);
  expect(boxes).toEqual([
    [0, 32],
    [32, 32],
    [16, 16],
  ]);
});

it('takes the box of the object on the picture of a whole scene, and not the windows of its parts', () => {
  const composite = {
    kind: 'composite',
    box: { x: 0, y: 0, width: 4, height: 4 },
    parts: [{ control: 'x' }, { control: 'x2', region: { box: { x: 1, y: 1, width: 2, height: 2 } } }],
  };
  const graph = graphOf([view(crop(4, 4)), view(composite)], composite);
  expect(viewBorders(graph, 'scene', canvas, 8).map(({ x, width }) => [x, width])).toEqual([
    [0, 32],
    [8, 16],
  ]);
});
