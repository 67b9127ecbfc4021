import { describe, expect, it } from 'vitest';
import { EMPTY } from './draft';
import { toJob } from './job';
import { openJob } from './opening';
import { NotAJob } from './read/fields';
import { KINDS } from './read/layout';
import { same } from './same';

const opened = (document: object) => {
  const { change, leftOut } = openJob(JSON.stringify(document));
  return { draft: change({ ...EMPTY, sampling: { ...EMPTY.sampling, steps: 12 } }), leftOut };
};

describe('opening a document', () => {
  it('names the fields that it leaves out', () => {
    const { draft, leftOut } = opened({
      layout: { kind: 'panorama', prompt: 'the sea', mood: 1, canvas: { width: 256, height: 128, depth: 3 } },
      note: 'Größe',
    });
    expect(leftOut.sort()).toEqual(['layout.canvas.depth', 'layout.mood', 'note']);
    expect(draft.kind).toBe('panorama');
    expect(draft.panorama.canvas).toMatchObject({ width: 256, height: 128 });
    expect(draft.panorama.anchors.map(({ prompt }) => prompt)).toEqual(['the sea']);
  });

  it.each(KINDS.filter((kind) => kind !== 'custom'))('opens a layout of kind %s that says nothing else', (kind) => {
    const { draft, leftOut } = opened({ layout: { kind } });
    expect(leftOut).toEqual([]);
    expect(same(draft[kind], EMPTY[kind])).toBe(true);
    expect(draft.sampling.steps).toBe(12);
  });

  it('opens what the studio writes without any change', () => {
    const job = toJob({ ...EMPTY, kind: 'scene' }, { model: 'papercut' });
    const { draft, leftOut } = opened(job ?? {});
    expect(leftOut).toEqual([]);
    expect(same(toJob(draft, { model: 'papercut' }), job)).toBe(true);
  });

  it.each([{}, { note: 1 }, { layout: { kind: 'mural' } }, { layout: { kind: 'texture', canvas: 3 } }])(
    'refuses %j, which is no job document',
    (document) => {
      expect(() => opened(document)).toThrow(NotAJob);
    },
  );
});
