import { describe, expect, it } from 'vitest';
import { LIMITS } from '../api/limits';
import { canvas, type Draft, EMPTY, prompted } from './draft';
import { enlarged, hasMasks, tooSmall } from './enlarged';
import { follows, poseOf, standing, stands } from './pose';

const NATIVE = 256;
const patch = { id: 'a', ...prompted('a boat'), box: { x: 8, y: 16, width: 64, height: 48 }, weight: 1, feather: 16 };
const stroke = { colour: '#ffffff', size: 10, soft: 0.5, points: [1, 2, 3.5, 4] };
const pose = { kind: 'pose' as const, joints: [[10, 20]], strength: 1, active: [0, 1] };
const guide = { kind: 'palette', id: '~g1', colour: [1, 0, 0], box: patch.box, scale: 32, mask: null, weight: 1 };
const full: Draft = {
  ...EMPTY,
  regions: { ...EMPTY.regions, patches: [{ ...patch, control: pose, strokes: [stroke] }] },
  scene: { ...EMPTY.scene, object: { ...prompted('a cook'), control: pose } },
  start: { picture: 'p', fit: 'same', strength: 0.5, feather: 8, keep: 'outside', box: patch.box, seed: null },
  sampling: { ...EMPTY.sampling, windows: { weights: 'gaussian', shift: false, stride: 64 } },
  guides: { regions: [{ ...guide, active: [0, 1] }], scene: [{ ...guide, active: [0, 1] }] } as Draft['guides'],
};
const windows = (size: number | null, stride: number | null): Draft => ({
  ...EMPTY,
  sampling: { ...EMPTY.sampling, windows: { weights: 'uniform', shift: false, size, stride } },
});

describe('a layout for a model of larger pictures', () => {
  it.each([
    [512, 128, 256, 2],
    [512, 96, 256, 3],
    [512, 256, 256, 1],
    [512, 136, 256, 1],
    [1024, 512, 256, 1],
    [128, 512, 512, 4],
    [4096, 128, 1024, 1], // it would be wider than a canvas may be
  ])('of %i x %i pixels, for %i: %i times as large', (width, height, native, times) => {
    const draft = { ...EMPTY, panorama: { ...EMPTY.panorama, canvas: canvas(width, height) } };
    const small = tooSmall({ ...draft, kind: 'panorama' }, native);
    expect(small).toEqual(times === 1 ? null : { part: 'canvas', width, height, by: times });
  });

  it.each([
    [128, 256, 2],
    [100, 256, 2],
    [64, 256, 3],
    [136, 256, null],
    [128, 128, null],
  ])('with a head of %i pixels, for %i: %s times as large', (side, native, by) => {
    const head = { ...EMPTY.portrait.head, box: { x: 0, y: 0, width: side, height: side + 20 } };
    const draft: Draft = { ...EMPTY, kind: 'portrait', portrait: { ...EMPTY.portrait, head } };
    expect(tooSmall(draft, native)).toEqual(by && { part: 'head', width: side, height: side + 20, by });
    expect(tooSmall({ ...draft, kind: 'custom' }, native)).toBeNull();
  });

  it('only as far as the server takes it: one view sees all of a portrait', () => {
    const head = { ...EMPTY.portrait.head, box: { x: 0, y: 0, width: 64, height: 64 } };
    const at = (side: number): Draft => ({
      ...EMPTY,
      kind: 'portrait',
      portrait: { ...EMPTY.portrait, canvas: canvas(side, side), head },
    });
    expect(tooSmall(at(320), 256)).toMatchObject({ by: 3 });
    expect(tooSmall(at(512), 256)).toBeNull();
  });

  it('not because of a head with a model of its own', () => {
    const head = { ...EMPTY.portrait.head, model: 'papercut' };
    const draft: Draft = { ...EMPTY, kind: 'portrait', portrait: { ...EMPTY.portrait, head } };
    expect(tooSmall(draft, 256)).toBeNull();
  });

  it('is larger with all that is on it', () => {
    const { regions, start, sampling, guides } = enlarged(full, NATIVE, 2);
    expect(regions.canvas).toEqual(canvas(1024, 256));
    expect(regions.patches[0]).toMatchObject({
      prompt: 'a boat',
      control: { joints: [[20, 40]], strength: 1 },
      box: { x: 16, y: 32, width: 128, height: 96 },
      feather: 32,
      weight: 1,
      strokes: [{ size: 20, soft: 0.5, points: [2, 4, 7, 8] }],
    });
    expect(start).toMatchObject({ box: { x: 16, y: 32, width: 128, height: 96 }, feather: 16, strength: 0.5 });
    expect(sampling.windows).toEqual({ weights: 'gaussian', shift: false, stride: 128 });
    expect(guides.regions?.[0]).toMatchObject({ scale: 64, box: { x: 16, width: 128 }, weight: 1 });
  });

  it('leaves the other layouts as they are', () => {
    const { scene, portrait, guides } = enlarged(full, NATIVE, 2);
    expect([scene, portrait, guides.scene]).toEqual([full.scene, full.portrait, full.guides.scene]);
  });

  it.each([
    ['panorama', { canvas: canvas(1024, 256) }],
    ['illusion', { canvas: canvas(256, 256) }],
    ['texture', { canvas: canvas(256, 256, 'both') }],
    [
      'scene',
      {
        canvas: canvas(512, 256),
        box: { x: 160, y: 32, width: 192, height: 192 },
        soft: 32,
        object: { control: { joints: [[20, 40]] } },
      },
    ],
    [
      'portrait',
      { canvas: canvas(512, 512), head: { box: { x: 128, y: 0, width: 256, height: 256 }, feather: 32, weight: 4 } },
    ],
  ] as const)('of the kind %s is larger', (kind, expected) => {
    expect(enlarged({ ...full, kind }, NATIVE, 2)[kind]).toMatchObject(expected);
  });

  it('has the standing figure under the larger head', () => {
    const { portrait } = EMPTY;
    const standsThere = { ...portrait, body: { ...prompted('a cook'), control: standing(portrait.head.box) } };
    const { body, head } = enlarged({ ...EMPTY, kind: 'portrait', portrait: standsThere }, 512, 2).portrait;
    const found = poseOf(body);
    expect(found && stands(found, head.box) && follows(found, head.box)).toBe(true);
  });

  it('keeps the nose of a bent figure in its head, and its bent joint where it was', () => {
    const { portrait } = EMPTY;
    const straight = standing(portrait.head.box);
    const bent = { ...straight, joints: straight.joints.map((joint, at) => (at === 3 ? [31, 47] : joint)) };
    const figure = { ...portrait, body: { ...prompted('a cook'), control: bent } };
    const { body, head } = enlarged({ ...EMPTY, kind: 'portrait', portrait: figure }, 512, 2).portrait;
    const found = poseOf(body);
    expect(found && follows(found, head.box)).toBe(true);
    expect(found?.joints[3]).toEqual([62, 94]);
  });

  it.each([
    [128, 64, 256, 128],
    [256, 128, 256, 128],
    [256, null, 256, null],
    [null, 64, null, 128],
    [null, 128, null, 128],
    [null, null, null, null],
  ])('has windows of %s with a stride of %s, then %s and %s', (size, stride, larger, further) => {
    expect(enlarged(windows(size, stride), NATIVE, 2).sampling.windows).toMatchObject({
      size: larger,
      stride: further,
    });
  });

  it('keeps feathers that the server takes', () => {
    const wide = { ...full, start: full.start && { ...full.start, feather: LIMITS.Start.feather.max } };
    expect(enlarged(wide, NATIVE, 2).start?.feather).toBe(LIMITS.Start.feather.max);
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
