import { describe, expect, it } from 'vitest';
import { learnCells, useCells } from '../api/cells';
import type { Job, Layout, ModelDescription } from '../api/types';
import { addAnchor, changeAnchor } from './anchors';
import { canvasOf, type Draft, EMPTY, prompted } from './draft';
import { EXAMPLES } from './examples';
import { graphOf, textOf } from './graph';
import { toJob, withJob } from './job';
import { restored } from './read/draft';
import { NotAJob } from './read/fields';
import { readJob } from './read/job';
import { same } from './same';
import { DEFAULTS, drawn, jobOf } from './samples';

const _ids = (draft: Draft) => draft.regions.patches.map((patch) => patch.id);

describe('a draft as a job', () => {
  it('is the short form for one plain prompt, and windows for more', () => {
    const one = changeAnchor({ ...EMPTY, kind: 'panorama' }, 'a1', { prompt: 'sea' });
    expect(jobOf(one).layout).toMatchObject({ kind: 'panorama', prompt: 'sea' });
    expect(jobOf(one).layout).not.toHaveProperty('windows');
    const [two] = addAnchor(one);
    const { layout } = jobOf(two);
    expect(layout).not.toHaveProperty('prompt');
    expect(layout.kind === 'panorama' && layout.windows?.map((window) => window.prompt)).toEqual(['sea', '']);
    expect(JSON.stringify(layout)).not.toContain('"id"');
  });

  it('keeps the own settings of a single prompt', () => {
    const seeded = changeAnchor({ ...EMPTY, kind: 'panorama' }, 'a1', { prompt: 'sea', seed: 7 });
    const { layout } = jobOf(seeded);
    expect(layout.kind === 'panorama' && layout.windows?.[0]?.seed).toBe(7);
    const rescaled = jobOf(changeAnchor({ ...EMPTY, kind: 'panorama' }, 'a1', { guidance_rescale: 0.5 }));
    expect(rescaled.layout).not.toHaveProperty('prompt');
  });

  it('takes the model if it is open, and leaves its defaults to the server', () => {
    expect(jobOf(EMPTY).sampling).toMatchObject({ model: 'papercut', steps: null });
    const chosen = { ...EMPTY, sampling: { ...EMPTY.sampling, model: 'other', steps: 5 } };
    expect(jobOf(chosen).sampling).toMatchObject({ model: 'other', steps: 5 });
  });

  it.each(EXAMPLES)('survives the round trip through a file: $id', ({ job }) => {
    const back = withJob(EMPTY, readJob(JSON.stringify(job)));
    expect(back.kind).toBe(job.layout.kind);
    expect(same(jobOf(back), job)).toBe(true);
  });

  it('keeps every setting through a file', () => {
    const job: Job = {
      ...jobOf(drawn(1)),
      images: 3,
      keep: 2,
      outputs: ['x', 'y1'],
      start: {
        picture: 'a'.repeat(64),
        strength: 0.5,
        fit: 'crop',
        box: { x: 8, y: 0, width: 64, height: 64 },
        keep: 'inside',
        feather: 0,
        seed: 3,
      },
      sampling: {
        model: 'papercut',
        steps: 9,
        scheduler: 'dpmsolver++',
        guidance: 2,
        guidance_rescale: 0.7,
        eta: 0,
        fresh: { share: 0.7, active: [0, 0.5], filled: 0.3 },
        seed: 7,
        agree: {
          solver: 'gradient',
          step_size: { mu: 0.3, min: 0.5, max: 1.5 },
          iterations: 40,
          rate: 0.5,
          space: 'pixels',
        },
        harmonise: 2,
        corrector_steps: 1,
        coarse: { weight: 3, prompt: 'the sea', guidance: 1.5, active: [0, 0.5] },
        windows: { size: 64, stride: 32, weights: 'gaussian', shift: true },
        finer: [{ after: 3, steps: 20 }],
      },
    };
    expect(same(jobOf(withJob(EMPTY, readJob(JSON.stringify(job)))), job)).toBe(true);
  });

  it('leaves the solver open if the server chose the diagonal one, so that a coarse view can be added', () => {
    const job = jobOf(drawn(1));
    const settled = { ...job, sampling: { ...job.sampling, agree: { ...job.sampling.agree, solver: 'diagonal' } } };
    expect(readJob(JSON.stringify(settled)).sampling.agree.solver).toBe('auto');
  });

  it('saves the chosen nodes of each layout, and by default the main picture, or all three of a scene', () => {
    const scene = { ...EMPTY, kind: 'scene' as const, outputs: { scene: ['scene', 'x1'] } };
    expect(jobOf(scene).outputs).toEqual(['scene', 'x1']);
    expect(jobOf({ ...scene, kind: 'texture' }).outputs).toBeNull();
    expect(withJob(scene, { ...jobOf(scene), outputs: ['scene', 'x1', 'x2'] }).outputs).toEqual({});
    expect(withJob(scene, { ...jobOf(scene), outputs: ['scene'] }).outputs).toEqual({ scene: ['scene'] });
  });

  it('does not exist while its graph is not JSON, and leaves the settings of views to a custom graph', () => {
    const graph = (text: string): Draft => ({ ...EMPTY, kind: 'custom', custom: { text } });
    expect(toJob(graph('{'), DEFAULTS)).toBeNull();
    expect(graphOf('{').error).toContain('not JSON');
    expect(graphOf('[1]').error).toContain('object');
    const shifting = { ...graph('{"outputs": []}'), sampling: { ...EMPTY.sampling, coarse: null } };
    shifting.sampling.windows = { weights: 'gaussian', shift: true };
    expect(jobOf(shifting).sampling.windows).toEqual({ weights: 'uniform', shift: false });
  });

  it('writes a graph so that short parts stand on one line', () => {
    const text = textOf({ outputs: [{ node: 'x', width: 8, height: 8 }], masks: {} } as never);
    expect(text).toBe('{ "outputs": [ { "node": "x", "width": 8, "height": 8 } ], "masks": {} }');
    const custom = EXAMPLES.filter(({ id }) => id === 'custom-near-and-far').reduce(
      (draft, { job }) => withJob(draft, job),
      EMPTY,
    );
    expect(custom.custom.text).not.toBe('');
    expect(custom.custom.text.split('\n').every((line) => line.length < 110)).toBe(true);
    expect(canvasOf(custom)).toMatchObject({ width: 256, height: 128 });
  });

  it('shows a graph at the size that the cells of its model give it', () => {
    const of = (model: string | null): Draft => ({
      ...EMPTY,
      kind: 'custom',
      custom: { text: '{"controls": [{"name": "x", "width": 32, "height": 16}], "outputs": [{"node": "x"}]}' },
      sampling: { ...EMPTY.sampling, model },
    });
    const large = { id: 'large', cell: 16 } as ModelDescription;
    learnCells([large]);
    expect(canvasOf(of(null))).toMatchObject({ width: 512, height: 256 });
    learnCells([large, { ...large, id: 'small', cell: 8 }]);
    expect(canvasOf(of('large'))).toMatchObject({ width: 512, height: 256 });
    expect(canvasOf(of('unknown'))).toMatchObject({ width: 256, height: 128 });
    expect(canvasOf(of(null))).toMatchObject({ width: 256, height: 128 });
    useCells.setState({ first: 16 });
    expect(canvasOf(of(null))).toMatchObject({ width: 512, height: 256 }); // the first choice is the large one
    useCells.setState({ first: null });
  });
});

describe('reading a document', () => {
  const read = (change: object) => readJob(JSON.stringify({ ...jobOf(drawn(1)), ...change }));

  it('fills in optional fields', () => {
    const job = readJob(
      JSON.stringify({
        layout: {
          kind: 'regions',
          canvas: { width: 64, height: 64 },
          prompt: 'sea',
          patches: [{ id: 'house', prompt: 'a house', box: { x: 0, y: 0, width: 32, height: 32 } }],
        },
        sampling: { model: 'papercut' },
      }),
    );
    expect(job.layout.kind === 'regions' && job.layout.patches[0]).toMatchObject({
      weight: 1,
      feather: 0,
      active: [0, 1],
    });
    expect(job.sampling.steps).toBeNull();
  });

  it('drops the pinned models', () => {
    expect(read({ models: [{ id: 'papercut', revision: '1', sha256: '0' }] })).not.toHaveProperty('models');
  });

  it.each([
    ['not json at all', 'not JSON'],
    ['[]', 'should be an object'],
    ['{"layout": {"kind": "mural"}}', 'panorama, regions, scene'],
    ['{"layout": {"kind": "custom", "graph": {"controls": 1}}}', 'layout.graph.controls should be a list'],
    [
      '{"layout": {"kind": "illusion", "canvas": {"width": 8, "height": 8}, "views": [{"prompt": "", "transform": "melt"}]}}',
      'layout.views.0.transform should be one of identity',
    ],
    [
      '{"layout": {"kind": "regions", "canvas": {"width": "wide", "height": 1}}}',
      'layout.canvas.width should be a number',
    ],
    ['{"mood": 1}', 'mood'],
  ])('refuses %s with a sentence', (text, says) => {
    expect(() => readJob(text)).toThrow(NotAJob);
    expect(() => readJob(text)).toThrow(says);
  });

  it('keeps masks and poses', () => {
    const mask = 'b'.repeat(64);
    const canvas = { width: 64, height: 64 };
    const masked = { kind: 'regions', canvas, prompt: '', patches: [{ id: 'p', prompt: '', mask }] };
    const back = (layout: object): Layout => jobOf(withJob(EMPTY, read({ layout }))).layout;
    expect(back(masked)).toMatchObject({ patches: [{ mask, box: null }] });
    const control = { kind: 'pose', joints: [[1, 2]], strength: 0.5 };
    const body = { prompt: 'a figure', control };
    const head = { prompt: '', box: { x: 0, y: 0, width: 32, height: 32 } };
    expect(back({ kind: 'portrait', canvas, body, head })).toMatchObject({
      body: { control: { ...control, active: [0, 1] } },
    });
  });

  it('keeps the adapters of a prompt', () => {
    const picture = 'c'.repeat(64);
    const adapters = {
      control: { kind: 'edges', picture, controlnet: 'canny', strength: 1, active: [0, 0.5] },
      loras: [{ lora: 'ink', weight: 0.5 }],
      reference: { adapter: 'look', picture, weight: 0.7 },
    };
    const windows = [{ prompt: 'a desert', ...adapters }];
    const layout = { kind: 'panorama', canvas: { width: 64, height: 64 }, windows };
    expect(jobOf(withJob(EMPTY, read({ layout }))).layout).toMatchObject({ windows });
  });

  it('refuses fields that it would lose', () => {
    const patch = { id: 'p', prompt: '', box: { x: 0, y: 0, width: 8, height: 8 }, lora: 'ink' };
    const layout = { kind: 'regions', canvas: { width: 64, height: 64 }, prompt: '', patches: [patch] };
    expect(() => read({ layout })).toThrow('layout.patches.0 has a field that the studio does not know: lora.');
  });
});

describe('a saved draft', () => {
  it('is restored, unless it is not a draft', () => {
    const draft = drawn(2);
    expect(same(restored(JSON.parse(JSON.stringify(draft))), draft)).toBe(true);
    expect(restored({ kind: 'regions', regions: {} })).toBeNull();
    expect(restored(null)).toBeNull();
  });

  it('of an earlier studio has empty layouts for those that it did not know', () => {
    const { kind, panorama, regions, sampling } = drawn(1);
    expect(same(restored({ kind, panorama, regions, sampling }), drawn(1))).toBe(true);
  });

  it('keeps the chosen values, and fills in fields that an earlier studio did not have', () => {
    const chosen = { ...EMPTY.sampling, steps: 7, agree: { ...EMPTY.sampling.agree, solver: 'diagonal' as const } };
    expect(restored({ ...drawn(1), sampling: chosen })?.sampling).toMatchObject({
      model: null,
      steps: 7,
      agree: { solver: 'diagonal', step_size: 'fixed' },
    });
    const bare = { ...EMPTY.sampling, agree: null, windows: null };
    expect(restored({ ...drawn(1), sampling: bare })?.sampling).toMatchObject({
      agree: { solver: 'auto', step_size: 'fixed', space: 'latent' },
      windows: { weights: 'uniform', shift: false },
    });
    const anchors = [
      { ...prompted('sea'), id: 'a5' },
      { ...prompted('snow'), id: 'a2' },
    ];
    const wide = restored({ ...EMPTY, panorama: { ...EMPTY.panorama, anchors } });
    expect(wide?.panorama.anchors.map(({ id, prompt }) => [id, prompt])).toEqual([
      ['a5', 'sea'],
      ['a2', 'snow'],
    ]);
  });
});
