import { describe, expect, it } from 'vitest';
import { canvas, type Draft, EMPTY, prompted } from './draft';
import { enlarged, factorFor, hasMasks } from './enlarged';

const NATIVE = 256;
const patch = { id: 'a', ...prompted('a boat'), box: { x: 8, y: 16, width: 64, height: 48 }, weight: 1, feather: 16 };
const stroke = { colour: '#ffffff', size: 10, soft: 0.5, points: [1, 2, 3.5, 4] };
const full: Draft = {
  ...EMPTY,
  kind: 'portrait',
  regions: { ...EMPTY.regions, patches: [{ ...patch, strokes: [stroke] }] },
  texture: { ...EMPTY.texture, canvas: canvas(512, 256, 'both') },
  portrait: {
    ...EMPTY.portrait,
    canvas: canvas(128, 128),
    body: {
      ...prompted('a cook'),
      control: {
        kind: 'pose',
        joints: [
          [10, 20],
          [0, 5],
        ],
        strength: 1,
        active: [0, 1],
      },
    },
  },
  start: { picture: 'p', fit: 'same', strength: 0.5, feather: 8, keep: 'outside', box: patch.box, seed: null },
  sampling: { ...EMPTY.sampling, windows: { weights: 'gaussian', shift: false, stride: 64 } },
  guides: {
    portrait: [
      {
        kind: 'palette',
        id: '~g1',
        colour: [1, 0, 0],
        box: patch.box,
        scale: 32,
        mask: null,
        active: [0, 1],
        weight: 1,
      },
    ],
  } as Draft['guides'],
};

describe('a layout for a model of larger pictures', () => {
  it.each([
    [512, 128, 256, 2],
    [512, 96, 256, 3],
    [512, 256, 256, 1],
    [512, 136, 256, 1],
    [1024, 512, 256, 1],
    [128, 512, 512, 4],
  ])('of %i x %i pixels, for %i: %i times as large', (width, height, native, times) => {
    expect(factorFor(width, height, native)).toBe(times);
  });

  it('is larger with all that is on it', () => {
    const { regions, scene, portrait, start, sampling, guides } = enlarged(full, NATIVE, 2);
    expect(regions.canvas).toEqual(canvas(1024, 256));
    expect(regions.patches[0]).toMatchObject({
      prompt: 'a boat',
      box: { x: 16, y: 32, width: 128, height: 96 },
      feather: 32,
      weight: 1,
      strokes: [{ size: 20, soft: 0.5, points: [2, 4, 7, 8] }],
    });
    expect(scene).toMatchObject({ box: { x: 160, y: 32, width: 192, height: 192 }, soft: 32 });
    expect(portrait).toMatchObject({
      canvas: canvas(256, 256),
      body: {
        control: {
          joints: [
            [20, 40],
            [0, 10],
          ],
          strength: 1,
        },
      },
      head: { box: { x: 128, y: 0, width: 256, height: 256 }, feather: 32 },
    });
    expect(start).toMatchObject({ box: { x: 16, y: 32, width: 128, height: 96 }, feather: 16, strength: 0.5 });
    expect(sampling.windows).toEqual({ weights: 'gaussian', shift: false, stride: 128 });
    expect(guides.portrait?.[0]).toMatchObject({ scale: 64, box: { x: 16, width: 128 }, weight: 1 });
  });

  it('stays as it is if its canvas is large enough', () => {
    expect(enlarged(full, NATIVE, 2).texture).toEqual(full.texture);
  });

  it('has what it does not grow with: uploaded masks', () => {
    const masked = { ...patch, box: null, mask: 'm' };
    expect(hasMasks(full)).toBe(false);
    expect(hasMasks({ ...full, start: full.start && { ...full.start, box: null, mask: 'm' } })).toBe(true);
    const regions = { ...full.regions, patches: [masked] };
    expect(hasMasks({ ...full, kind: 'regions', regions })).toBe(true);
    expect(hasMasks({ ...full, kind: 'texture', regions })).toBe(false);
  });
});
