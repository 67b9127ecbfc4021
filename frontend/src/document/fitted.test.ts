// @vitest-environment jsdom
import { expect, it } from 'vitest';
import { addPatch } from './boxes';
import { EMPTY, isBlank, prompted, withCanvas } from './draft';
import { emptyFor, fitted } from './fitted';
import { KINDS } from './read/layout';
import { adjust, edit, undo, useDraft } from './store';

const large = fitted(EMPTY, 256);

it('gives every untouched layout the size of the pictures of a model, and back', () => {
  expect(large.panorama.canvas).toMatchObject({ width: 1024, height: 256 });
  expect(large.texture.canvas).toMatchObject({ width: 256, height: 256, wrap: 'both' });
  expect(large.scene).toMatchObject({ box: { x: 160, y: 32, width: 192, height: 192 }, soft: 32 });
  expect(large.portrait.head).toMatchObject({ box: { x: 128, y: 0, width: 256, height: 256 }, feather: 32 });
  expect(large).toEqual(emptyFor(256));
  expect(fitted(large, 128)).toEqual(EMPTY);
  expect(fitted(large, 256)).toBe(large);
  expect(fitted(EMPTY, 64)).toEqual({ ...EMPTY, fittedTo: 64 });
  for (const kind of KINDS) expect(isBlank({ ...large, kind })).toBe(true);
});

it('leaves what somebody has drawn, written or resized', () => {
  const [drawn] = addPatch({ ...EMPTY, kind: 'regions' }, null, 8);
  expect(fitted(drawn, 256)).toEqual({ ...large, regions: drawn.regions });
  const written = { ...EMPTY, texture: { ...EMPTY.texture, prompt: 'a meadow' } };
  expect(fitted(written, 256)).toEqual({ ...large, texture: written.texture });
  const named = { ...EMPTY, portrait: { ...EMPTY.portrait, body: prompted('a doctor') } };
  expect(fitted(named, 256).portrait).toBe(named.portrait);
});

it.each([
  ['texture', 512, 512],
  ['illusion', 512, 512],
  ['panorama', 2048, 512],
  ['scene', 384, 256],
] as const)('leaves the size that somebody has chosen for an empty %s', (kind, width, height) => {
  const chosen = withCanvas({ ...large, kind }, { width, height });
  expect(fitted(chosen, 256)).toBe(chosen); // as after a reload
  expect(fitted(chosen, 128)[kind]).toBe(chosen[kind]);
});

it('leaves every layout under a start, and a layout with guides', () => {
  const start = {
    picture: 'p',
    fit: 'same',
    strength: 0.5,
    feather: 8,
    keep: 'outside',
    box: null,
    seed: null,
  } as const;
  const started = { ...EMPTY, start };
  expect(fitted(started, 256)).toEqual({ ...started, fittedTo: 256 });
  const guide = { kind: 'palette', id: '~g1', colour: [1, 0, 0], box: null, scale: 32, mask: null, weight: 1 } as const;
  const guided = { ...EMPTY, guides: { scene: [{ ...guide, active: [0, 1] }] } } as never;
  expect(fitted(guided, 256)).toMatchObject({ scene: EMPTY.scene, regions: large.regions });
});

it('is no step to undo, and the steps of before are fitted when they come back', () => {
  edit((draft) => ({ ...draft, kind: 'texture' }));
  adjust((draft) => fitted(draft, 256));
  expect(useDraft.getState().draft.texture.canvas.width).toBe(256);
  expect(useDraft.temporal.getState().pastStates).toHaveLength(1);
  edit((draft) => withCanvas(draft, { width: 512 }));
  undo();
  expect(useDraft.getState().draft).toMatchObject({ fittedTo: 256, texture: { canvas: { width: 256 } } });
  undo();
  expect(useDraft.getState().draft.fittedTo).toBe(128); // and so it is fitted again
});
