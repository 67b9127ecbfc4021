// @vitest-environment jsdom
import { beforeEach, expect, it } from 'vitest';
import { addCell, forgetGrid, keepGrid, useGrids } from './grids';
import { type Grid, gridsOf, sideOf } from './read';
import { compareWith, toggleChosen, useComparing } from './state';

const grid = (id: string): Grid => ({ id, kind: 'methods', title: 'a house', axis: 'Methods', made: 1, cells: [] });
const cell = { label: 'MultiDiffusion', says: '', job: 'j1', why: null };

beforeEach(() => {
  useGrids.setState({ grids: [] });
  useComparing.setState({ left: null, right: null, chosen: [] });
});

it('remembers the newest grids and their jobs in the browser', () => {
  for (let index = 0; index < 15; index++) keepGrid(grid(`g${index}`));
  addCell('g14', cell);
  const stored = JSON.parse(localStorage['inlay.grids']).state.grids as Grid[];
  expect(stored.map(({ id }) => id).slice(0, 2)).toEqual(['g14', 'g13']);
  expect(stored).toHaveLength(12);
  expect(gridsOf(stored)[0]?.cells).toEqual([cell]);
  forgetGrid('g14');
  expect(useGrids.getState().grids[0]?.id).toBe('g13');
});

it('reads whatever a browser may have stored', () => {
  expect(gridsOf('nothing')).toEqual([]);
  expect(gridsOf([null, 3, { id: 'g' }, { id: 'h', cells: [{ job: 5 }] }])).toEqual([
    {
      id: 'h',
      kind: 'variations',
      title: '',
      axis: '',
      made: 0,
      cells: [{ label: '', says: '', job: null, why: null }],
    },
  ]);
  expect([sideOf(null), sideOf({ job: 'j', picture: 4 })]).toEqual([null, { job: 'j', picture: null }]);
});

it('puts a picture to the left, and the one that was there to the right', () => {
  compareWith('j1', 'x');
  compareWith('j2', 'x');
  expect(useComparing.getState()).toMatchObject({ left: { job: 'j2' }, right: { job: 'j1' } });
});

it('chooses at most two jobs of a grid', () => {
  for (const job of ['a', 'b', 'c']) toggleChosen(job);
  expect(useComparing.getState().chosen).toEqual(['b', 'c']);
  toggleChosen('b');
  expect(useComparing.getState().chosen).toEqual(['c']);
});
