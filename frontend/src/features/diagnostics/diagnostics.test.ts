import { describe, expect, it } from 'vitest';
import type { GraphSpec, Job, Operator } from '../../api/types';
import { prompted } from '../../document/draft';
import { colourOf } from '../../geometry/colour';
import { curvePoints, linear, logarithmic, moves, range, stepTicks, valueTicks } from './curve';
import { nodesOf, scales, titleOfNode } from './nodes';

const crop = (name: string, x: number, prompt: string, patch: string | null): GraphSpec['observables'][number] => ({
  name,
  operator: { kind: 'crop', control: 'x', box: { x, y: 0, width: 16, height: 16 }, shifts: false },
  prompted: { prompt, negative_prompt: '', guidance: 3, guidance_rescale: 0, model: 'papercut', loras: [] },
  precision: { weight: 1, outside: [], active: [0, 1], group: 'g', shape: 'uniform' },
  patch,
  count: 1,
});

const graph: GraphSpec = {
  controls: [{ name: 'x', channels: 8, width: 64, height: 16, wrap: 'x', reseeds: [] }],
  observables: [crop('y1', 0, 'sea', null), crop('y2', 56, 'snow', null), crop('y3', 8, 'house', 'p2')],
  laws: [],
  outputs: [{ node: 'x', width: 512, height: 128 }],
  masks: {},
};

const job = {
  layout: {
    kind: 'panorama',
    canvas: { width: 512, height: 128, wrap: 'x' },
    axis: 'x',
    negative_prompt: '',
    windows: [prompted('sea'), prompted('snow')],
  },
} as Job;

describe('the nodes of a graph', () => {
  const anchors = [
    { ...prompted('sea'), id: 'a5' },
    { ...prompted('snow'), id: 'a2' },
  ];
  const { nodes, main } = nodesOf(graph, job, 8, anchors);

  it('are controls, then views, and lie on the canvas in pixels', () => {
    expect(nodes.map(({ name, index }) => [name, index])).toEqual([
      ['x', 0],
      ['y1', 1],
      ['y2', 2],
      ['y3', 3],
    ]);
    expect(main?.name).toBe('x');
    expect(nodes[1]?.boxes).toEqual([{ x: 0, y: 0, width: 128, height: 128 }]);
    expect(nodes[2]?.boxes.map(({ x }) => x)).toEqual([448, -64]);
  });

  it('have the colour of their prompt or patch, as the editor shows it', () => {
    expect(nodes[1]?.colour).toBe(colourOf('a5'));
    expect(nodes[3]?.colour).toBe(colourOf('p2'));
  });

  it('are called after the guide whose law they are, with its colour', () => {
    const law: GraphSpec['laws'][number] = {
      name: 'palette1',
      operator: { kind: 'crop', control: 'x', box: { x: 0, y: 0, width: 8, height: 8 }, shifts: false },
      mean: { kind: 'colour', colour: [1, 0, 0] },
      deviation: 0.1,
      precision: crop('', 0, '', null).precision,
    };
    const guides = [{ kind: 'palette', colour: [1, 0, 0], weight: 3, deviation: 0.1, active: [0, 1] }];
    const guided = { layout: { ...job.layout, guides } } as Job;
    const node = nodesOf({ ...graph, laws: [law] }, guided, 8, anchors).nodes[4];
    expect(node && titleOfNode(node)).toBe('Palette #ff0000');
    expect(node).toMatchObject({ kind: 'law', index: 4, colour: colourOf('~g1') });
    expect(node?.boxes).toEqual([{ x: 0, y: 0, width: 64, height: 64 }]);
  });

  it('end with outputs that are neither; one of them may be the main picture', () => {
    const box = { x: 4, y: 0, width: 8, height: 8 };
    const inside = { control: 'x', region: { box, feather: 0 }, x: 0, y: 0, inverse: false };
    const composite = {
      kind: 'composite' as const,
      parts: [inside, { ...inside, inverse: true }],
      layers: false,
      shifts: false,
    };
    const turned = { kind: 'rotate' as const, of: { ...composite, box }, turns: 2 as const };
    const whole = {
      ...crop('y1', 0, 'all', null),
      operator: turned,
      precision: { ...crop('', 0, '', null).precision, group: 'whole' },
    };
    const scene = nodesOf(
      { ...graph, observables: [whole], outputs: [{ node: 'scene', width: 512, height: 128, operator: composite }] },
      { layout: { kind: 'scene', canvas: { width: 512, height: 128, wrap: 'none' } } } as Job,
      8,
      [],
    );
    expect(scene.main).toMatchObject({ name: 'scene', index: 2, kind: 'picture' });
    expect(scene.nodes[1]).toMatchObject({
      colour: colourOf('whole'),
      boxes: [{ x: 32, y: 0, width: 64, height: 64 }],
    });
    expect(scene.nodes.map(titleOfNode)).toEqual(['the picture', 'all', 'the composite']);
  });
});

describe('a residual curve', () => {
  it('runs from left to right and falls with its logarithm', () => {
    const curve = [undefined, { value: 1 }, { value: 0.1 }, undefined, { value: 0.01 }];
    expect(curvePoints(curve, 4, logarithmic, range([curve], logarithmic), { width: 30, height: 20 })).toBe(
      '0.0,0.0 10.0,10.0 30.0,20.0',
    );
  });

  it('accepts a residual of zero, and a single value', () => {
    expect(range([[{ value: 0 }]], logarithmic)).toEqual([-6.5, -5.5]);
    expect(range([], logarithmic)).toEqual([0, 1]);
  });
});

describe('the axes of the curves', () => {
  it('name the first step, the last one, and round ones between', () => {
    expect(stepTicks(1)).toEqual([1]);
    expect(stepTicks(4)).toEqual([1, 2, 3, 4]);
    expect(stepTicks(30)).toEqual([1, 5, 10, 15, 20, 25, 30]);
    expect(stepTicks(1_000)).toEqual([1, 200, 400, 600, 800, 1_000]);
  });

  it('have the values of the lowest, middle and highest place', () => {
    expect(valueTicks([-2, 0], (place) => 10 ** place).map(({ text }) => text)).toEqual(['0.01', '0.1', '1']);
  });
});

describe('the trace of lambda', () => {
  it('has a linear scale, and is shown if lambda is optimised', () => {
    const curve = [undefined, { value: 1 }, { value: 0.5 }, { value: 0 }];
    expect(curvePoints(curve, 3, linear, range([curve], linear), { width: 20, height: 10 })).toBe(
      '0.0,0.0 10.0,5.0 20.0,10.0',
    );
    expect(moves([curve])).toBe(true);
    expect(moves([[undefined, { value: 1 }]])).toBe(false);
  });
});

it('finds the views that are scaled, whatever is done to them before and after', () => {
  const x = { kind: 'identity', control: 'x' } as const;
  const small: Operator = { kind: 'resize', of: x, width: 4, height: 4, mode: 'area' };
  expect(scales(x)).toBe(false);
  expect(scales({ kind: 'flip', of: x, axis: 'x' })).toBe(false);
  expect(scales(small)).toBe(true);
  expect(scales({ kind: 'flip', of: small, axis: 'x' })).toBe(true);
});
