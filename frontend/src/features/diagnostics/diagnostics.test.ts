import { describe, expect, it } from 'vitest';
import type { GraphSpec, Job } from '../../api/types';
import { colourOf } from '../../geometry/colour';
import { curvePoints, range } from './curve';
import { nodesOf } from './nodes';

const crop = (name: string, x: number, prompt: string, patch: string | null): GraphSpec['observables'][number] => ({
  name,
  operator: { kind: 'crop', control: 'x', box: { x, y: 0, width: 16, height: 16 }, shifts: false },
  prompted: { prompt, negative_prompt: '', guidance: 3, model: 'papercut' },
  precision: { weight: 1, outside: [], active: [0, 1], group: 'g', shape: 'uniform' },
  patch,
  count: 1,
});

const graph: GraphSpec = {
  controls: [{ name: 'x', channels: 8, width: 64, height: 16, wrap: 'x', reseeds: [] }],
  observables: [crop('y1', 0, 'sea', null), crop('y2', 56, 'snow', null), crop('y3', 8, 'house', 'p2')],
  outputs: [{ node: 'x', width: 512, height: 128 }],
  masks: {},
};

const window = (prompt: string) => ({ prompt, negative_prompt: '', active: [0, 1] });
const job = {
  layout: {
    kind: 'panorama',
    canvas: { width: 512, height: 128, wrap: 'x' },
    axis: 'x',
    negative_prompt: '',
    windows: [window('sea'), window('snow')],
  },
} as Job;

describe('the nodes of a graph', () => {
  const anchors = [
    { ...window('sea'), id: 'a5' },
    { ...window('snow'), id: 'a2' },
  ];
  const nodes = nodesOf(graph, job, 8, anchors);

  it('count after the controls and lie on the canvas in pixels', () => {
    expect(nodes.map(({ index }) => index)).toEqual([1, 2, 3]);
    expect(nodes[0]?.boxes).toEqual([{ x: 0, y: 0, width: 128, height: 128 }]);
    expect(nodes[1]?.boxes.map(({ x }) => x)).toEqual([448, -64]);
  });

  it('have the colour of their prompt or patch, as the editor shows it', () => {
    expect(nodes[0]?.colour).toBe(colourOf('a5'));
    expect(nodes[2]?.colour).toBe(colourOf('p2'));
  });
});

describe('a residual curve', () => {
  it('runs from left to right and falls with its logarithm', () => {
    const curve = [undefined, { value: 1 }, { value: 0.1 }, undefined, { value: 0.01 }];
    expect(curvePoints(curve, 4, range([curve]), { width: 30, height: 20 })).toBe('0.0,0.0 10.0,10.0 30.0,20.0');
  });

  it('stands a residual of zero and of one value alone', () => {
    expect(range([[{ value: 0 }]])).toEqual([-6.5, -5.5]);
    expect(range([])).toEqual([0, 1]);
  });
});
