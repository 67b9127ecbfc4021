import { describe, expect, it } from 'vitest';
import type { Job, Output } from '../../api/types';
import type { Run } from '../diagnostics/useRun';
import { frameOfImage, savedOf, stepShown, tilesOf } from './tiles';

const CANVAS = { width: 64, height: 64, wrap: 'none' };
const layoutOf = (layout: object) => ({ canvas: CANVAS, guides: [], ...layout }) as unknown as Job['layout'];
const SCENE = layoutOf({ kind: 'scene' });
const output = (name: string) => ({ name }) as Output;

describe('the tiles of the strip', () => {
  it('are the background, the object and the composite of a scene', () => {
    const tiles = tilesOf(SCENE, []);
    expect(tiles.map(({ node, owner, title }) => [node, owner, title])).toEqual([
      ['x1', 'background', 'Background'],
      ['x2', 'object', 'Object'],
      ['scene', 'whole', 'Composite'],
    ]);
  });

  it('are the readings of an illusion, each in the way of its view, and belong to the views of the draft', () => {
    const views = [{ transform: 'identity' }, { transform: 'rotate_180' }, { transform: 'flip_x' }];
    const tiles = tilesOf(layoutOf({ kind: 'illusion', views }), [{ id: 'v7' }, { id: 'v2' }]);
    expect(tiles.map(({ node, look, owner }) => [node, look, owner])).toEqual([
      ['x', 'identity', 'v7'],
      ['x', 'rotate_180', 'v2'],
      ['x', 'flip_x', undefined],
    ]);
    expect(tiles[1]?.title).toBe('2. Upside down');
  });

  it('are none in other layouts', () => {
    expect(tilesOf(layoutOf({ kind: 'texture' }), [])).toEqual([]);
  });
});

it('finds the saved picture of a node that belongs to the image on the canvas', () => {
  const job = { layout: SCENE, images: 2, outputs: ['scene', 'x1'] } as Job;
  const outputs = ['scene', 'x1', 'scene.2', 'x1.2'].map(output);
  expect(savedOf('x1', outputs, output('scene.2'), job)?.name).toBe('x1.2');
  expect(savedOf('x1', outputs, output('scene'), job)?.name).toBe('x1');
  expect(savedOf('x2', outputs, output('scene'), job)).toBeUndefined();
});

it('shows the last step of the image whose finished picture is on the canvas', () => {
  const run = { step: 12, newest: 12, of: 12, taken: 6, held: false, active: false, first: 1, index: undefined } as Run;
  expect(stepShown(run, 1)).toBe(6);
  expect(stepShown(run, 2)).toBe(12);
  expect(stepShown({ ...run, step: 3, held: true }, 2)).toBe(3);
  expect(stepShown({ ...run, step: 8, newest: 8, active: true }, 1)).toBe(8);
});

it('takes no frame of the image before', () => {
  expect(frameOfImage([2, 5, 6, 9], 12, 6)).toBe(9);
  expect(frameOfImage([2, 5, 6], 12, 6)).toBeUndefined();
  expect(frameOfImage([2, 5], 6, 6)).toBe(5);
});
