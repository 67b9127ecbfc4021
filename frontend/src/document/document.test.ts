import { describe, expect, it } from 'vitest';
import {
  addAnchor,
  addPatch,
  bringInside,
  changeAnchor,
  changePatch,
  type Draft,
  duplicatePatch,
  EMPTY,
  isBlank,
  outsiders,
  removeAnchor,
  removePatch,
  shiftPatch,
  toJob,
  withCanvas,
  withJob,
} from './draft';
import { EXAMPLES } from './examples';
import { documentOf } from './png';
import { isDraft, NotAJob, readJob } from './read';
import { same } from './same';

const DEFAULTS = { model: 'papercut', steps: 30 };

const drawn = (count: number): Draft => {
  let draft = { ...EMPTY, kind: 'regions' as const } as Draft;
  for (let one = 0; one < count; one++) [draft] = addPatch(draft, null, 8);
  return draft;
};

const ids = (draft: Draft) => draft.regions.patches.map((patch) => patch.id);

describe('a draft as a job', () => {
  it('is the short form for one plain prompt, and windows for more', () => {
    const one = changeAnchor({ ...EMPTY, kind: 'panorama' }, 'a1', { prompt: 'sea' });
    expect(toJob(one, DEFAULTS).layout).toMatchObject({ kind: 'panorama', prompt: 'sea' });
    expect(toJob(one, DEFAULTS).layout).not.toHaveProperty('windows');
    const [two] = addAnchor(one);
    const { layout } = toJob(two, DEFAULTS);
    expect(layout).not.toHaveProperty('prompt');
    expect(layout.kind === 'panorama' && layout.windows?.map((window) => window.prompt)).toEqual(['sea', '']);
    expect(JSON.stringify(layout)).not.toContain('"id"');
  });

  it('keeps what a single prompt has of its own', () => {
    const seeded = changeAnchor({ ...EMPTY, kind: 'panorama' }, 'a1', { prompt: 'sea', seed: 7 });
    const { layout } = toJob(seeded, DEFAULTS);
    expect(layout.kind === 'panorama' && layout.windows?.[0]?.seed).toBe(7);
  });

  it('takes the model and its steps where they are open', () => {
    expect(toJob(EMPTY, DEFAULTS).sampling).toMatchObject({ model: 'papercut', steps: 30 });
    const chosen = { ...EMPTY, sampling: { ...EMPTY.sampling, model: 'other', steps: 5 } };
    expect(toJob(chosen, DEFAULTS).sampling).toMatchObject({ model: 'other', steps: 5 });
  });

  it.each(EXAMPLES)('survives the round trip through a file: $title', ({ draft }) => {
    const job = toJob(draft, DEFAULTS);
    const back = withJob(EMPTY, readJob(JSON.stringify(job)));
    expect(same(toJob(back, DEFAULTS), job)).toBe(true);
  });
});

describe('editing', () => {
  it('draws, changes, duplicates, restacks and deletes boxes', () => {
    const three = drawn(3);
    expect(ids(three)).toEqual(['p1', 'p2', 'p3']);
    expect(ids(shiftPatch(three, 'p1', 1))).toEqual(['p2', 'p1', 'p3']);
    expect(ids(shiftPatch(three, 'p3', 1))).toEqual(['p1', 'p2', 'p3']);
    expect(changePatch(three, 'p2', { weight: 3 }).regions.patches[1]?.weight).toBe(3);
    const [four, copy] = duplicatePatch(three, 'p2', 8);
    expect(copy?.id).toBe('p4');
    expect(ids(removePatch(four, 'p1'))).toEqual(['p2', 'p3', 'p4']);
  });

  it('leaves boxes where they are when the canvas shrinks, and brings them inside when asked', () => {
    const shrunk = withCanvas(drawn(5), { width: 128, height: 64 });
    expect(shrunk.regions.patches).toEqual(drawn(5).regions.patches);
    expect(outsiders(shrunk)).toHaveLength(5);
    expect(outsiders(bringInside(shrunk))).toEqual([]);
  });

  it('never takes the last prompt away', () => {
    expect(removeAnchor(EMPTY, 'a1').panorama.anchors).toHaveLength(1);
  });

  it('knows a blank draft', () => {
    expect(isBlank(EMPTY)).toBe(true);
    expect(isBlank(drawn(1))).toBe(false);
  });
});

describe('reading a document', () => {
  const read = (change: object) => readJob(JSON.stringify({ ...toJob(drawn(1), DEFAULTS), ...change }));

  it('fills what may be left out', () => {
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
    expect(job.sampling.steps).toBe(30);
  });

  it('leaves the pinned model behind', () => {
    expect(read({ models: [{ id: 'papercut', revision: '1', sha256: '0' }] })).not.toHaveProperty('models');
  });

  it.each([
    ['not json at all', 'not JSON'],
    ['[]', 'should be an object'],
    ['{"layout": {"kind": "scene", "canvas": {"width": 1, "height": 1}}}', 'panorama or regions'],
    [
      '{"layout": {"kind": "regions", "canvas": {"width": "wide", "height": 1}}}',
      'layout.canvas.width should be a number',
    ],
    ['{"mood": 1}', 'mood'],
  ])('refuses %s with a sentence', (text, says) => {
    expect(() => readJob(text)).toThrow(NotAJob);
    expect(() => readJob(text)).toThrow(says);
  });

  it('refuses what it would lose', () => {
    const patch = { id: 'p', prompt: '', box: { x: 0, y: 0, width: 8, height: 8 }, lora: 'ink' };
    const layout = { kind: 'regions', canvas: { width: 64, height: 64 }, prompt: '', patches: [patch] };
    expect(() => read({ layout })).toThrow('layout.patches.0 has a field that the studio does not know: lora.');
  });
});

describe('a picture', () => {
  const chunk = (type: string, data: Uint8Array) => {
    const bytes = new Uint8Array(12 + data.length);
    new DataView(bytes.buffer).setUint32(0, data.length);
    bytes.set(new TextEncoder().encode(type), 4);
    bytes.set(data, 8);
    return bytes;
  };
  const text = (keyword: string, said: string) =>
    chunk('iTXt', new TextEncoder().encode(`${keyword}\0\0\0\0\0${said}`));
  const png = (...chunks: Uint8Array[]) =>
    new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...chunks.flatMap((one) => [...one])]);

  it('gives the document that it carries, among other chunks', () => {
    const picture = png(chunk('IHDR', new Uint8Array(13)), text('other', 'no'), text('inlay', '{"π": 1}'));
    expect(documentOf(picture)).toBe('{"π": 1}');
  });

  it('of another maker carries none', () => {
    expect(documentOf(png(chunk('IHDR', new Uint8Array(13))))).toBeNull();
    expect(documentOf(new TextEncoder().encode('{}'))).toBeNull();
  });
});

describe('a saved draft', () => {
  it('is taken again, unless another version wrote it', () => {
    expect(isDraft(JSON.parse(JSON.stringify(drawn(2))))).toBe(true);
    expect(isDraft({ kind: 'regions' })).toBe(false);
    expect(isDraft(null)).toBe(false);
  });
});
