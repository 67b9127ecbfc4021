import { expect, test } from 'vitest';
import { arranged } from './arrange';
import { networkOf } from './network';

const crop = (x: number, y = 0) => ({ kind: 'crop', control: 'x', box: { x, y, width: 16, height: 16 } });
const view = (name: string, operator: object, more: object = {}) => ({
  name,
  operator,
  prompted: { prompt: `prompt of ${name}` },
  ...more,
});

const SCENE = {
  controls: [
    { name: 'land', width: 32, height: 16 },
    { name: 'sun', width: 16, height: 16 },
  ],
  observables: [
    view('all', { kind: 'resize', of: { kind: 'identity', control: 'land' }, width: 16, height: 8 }),
    view('side', {
      kind: 'rotate',
      of: { kind: 'crop', control: 'land', box: { x: 8, y: 0, width: 8, height: 16 } },
      turns: 1,
    }),
    view('both', {
      kind: 'composite',
      layers: true,
      parts: [
        { control: 'land' },
        { of: { kind: 'flip', of: { kind: 'identity', control: 'sun' }, axis: 'x' }, x: 8, y: 0 },
      ],
    }),
  ],
  laws: [{ name: 'warm', operator: crop(0), mean: { kind: 'colour', colour: [1, 0, 0] }, deviation: 0.1 }],
  outputs: [
    { node: 'land' },
    { node: 'half', operator: { kind: 'crop', control: 'sun', box: { x: 0, y: 0, width: 8, height: 8 } } },
  ],
};

test('a graph becomes nodes with their sizes, and edges with their operators in words', () => {
  const { nodes, edges } = networkOf(SCENE, 8);
  expect(nodes.map(({ id, name, size, saved }) => [id, name, size && `${size.width}x${size.height}`, saved])).toEqual([
    ['controls/0', 'land', '32x16', true],
    ['controls/1', 'sun', '16x16', false],
    ['observables/0', 'all', '16x8', false],
    ['observables/1', 'side', '16x8', false],
    ['observables/2', 'both', '32x16', false],
    ['laws/0', 'warm', '16x16', false],
    ['outputs/1', 'half', '8x8', true],
  ]);
  expect(edges.map(({ from, to, steps }) => [from, to, steps])).toEqual([
    ['controls/0', 'observables/0', ['resize to 16 × 8 cells (128 × 64 px)']],
    [
      'controls/0',
      'observables/1',
      ['crop 8 × 16 cells (64 × 128 px) at 8, 0 (64, 0 px)', 'rotate 90° counter-clockwise'],
    ],
    ['controls/0', 'observables/2', ['part 1 of 2 of a composite, at the upper left']],
    ['controls/1', 'observables/2', ['mirror left and right', 'part 2 of 2 of a composite, at 8, 0 (64, 0 px)']],
    ['controls/1', 'outputs/1', ['crop 8 × 8 cells (64 × 64 px) at the upper left']],
  ]);
});

test('a crop of the whole control is all of it', () => {
  const graph = { controls: [{ name: 'x', width: 16, height: 16 }], observables: [view('y', crop(0))] };
  expect(networkOf(graph, 8).edges[0]?.steps).toEqual(['all of it']);
});

test.each([
  [null],
  [[]],
  [{ controls: 3, observables: [null, 'y', { operator: { of: null } }] }],
  [{ observables: [{ name: 'y', operator: { kind: 'composite', parts: [null, {}] } }], outputs: [{}] }],
])('a graph that is being typed never fails: %j', (graph) => {
  expect(arranged(networkOf(graph, 8)).lines).toEqual([]);
});

test('the windows of one group are one card with one line, and a view of its own stays alone', () => {
  const windows = Array.from({ length: 60 }, (_, index) =>
    view(`y${index}`, crop(8 * index), { precision: { group: 'windows' } }),
  );
  const far = view('far', { kind: 'resize', of: { kind: 'identity', control: 'x' }, width: 16, height: 16 });
  const network = networkOf({ controls: [{ name: 'x', width: 512, height: 16 }], observables: [...windows, far] }, 8);
  const { cards, lines } = arranged(network);
  expect(cards.map(({ id, nodes }) => [id, nodes.length])).toEqual([
    ['controls/0', 1],
    ['group/windows', 60],
    ['observables/60', 1],
  ]);
  expect(lines.map(({ from, to, stands }) => [from, to, stands])).toEqual([
    ['controls/0', 'group/windows', 60],
    ['controls/0', 'observables/60', 1],
  ]);
});

test('cards of a column do not overlap', () => {
  const { cards } = arranged(networkOf(SCENE, 8));
  for (const one of cards)
    for (const other of cards)
      if (one !== other && one.x === other.x)
        expect(one.y + one.height <= other.y || other.y + other.height <= one.y).toBe(true);
});
