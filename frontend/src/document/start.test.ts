import { describe, expect, it } from 'vitest';
import { boxesOf, bringInside, changeBox, changePatch, outsiders, partOf, START } from './boxes';
import { type Draft, EMPTY, withCanvas } from './draft';
import { withJob } from './job';
import { restored } from './read/draft';
import { readJob } from './read/job';
import { drawn, jobOf } from './samples';
import { changeStart, keeps, redrawPart, rerolled, startedAnew, startedFrom } from './start';

const PICTURE = { id: 'a'.repeat(64), width: 1024, height: 256 };
const OTHER = { id: 'b'.repeat(64), width: 300, height: 300 };
const BOX = { x: 8, y: 16, width: 64, height: 32 };
const begun = (): Draft => startedFrom(drawn(1), PICTURE);

describe('a start from a picture', () => {
  it('keeps a picture of the canvas’s shape as it is, and cuts another one', () => {
    expect(begun().start).toMatchObject({ picture: PICTURE.id, strength: 0.75, fit: 'same', box: null });
    expect(startedFrom(drawn(1), OTHER).start?.fit).toBe('crop');
  });

  it('keeps the settings of the last picture, unless it redraws all of the new one', () => {
    const little = changeStart(redrawPart(begun(), { box: BOX }), { strength: 0.2 });
    expect(startedFrom(little, OTHER).start).toMatchObject({ picture: OTHER.id, strength: 0.2, box: BOX });
    expect(startedAnew(little, OTHER).start).toMatchObject({ picture: OTHER.id, strength: 0.75, box: null });
  });

  it('redraws one part, and only a part has a seed of its own', () => {
    const seeded = changeStart(redrawPart(begun(), { box: BOX }, 'inside'), { seed: 7 });
    const masked = redrawPart(seeded, { mask: OTHER.id });
    expect(masked.start).toMatchObject({ box: null, mask: OTHER.id, keep: 'outside', seed: 7 });
    const whole = redrawPart(masked, null).start;
    expect(whole).toMatchObject({ box: null, mask: null, keep: 'outside', seed: null });
    expect(whole && keeps(whole)).toBe(false);
  });

  it('is in the job, and is read back from a file and from the browser', () => {
    const draft = changeStart(redrawPart(begun(), { box: BOX }), { seed: 7 });
    const job = jobOf(draft);
    expect(job.start).toMatchObject({ picture: PICTURE.id, box: BOX, seed: 7 });
    expect(withJob(EMPTY, readJob(JSON.stringify(job))).start).toEqual(draft.start);
    expect(restored(JSON.parse(JSON.stringify(draft)))?.start).toEqual(draft.start);
  });

  it('has its box on the canvas of every layout, below the others', () => {
    const boxed = redrawPart(begun(), { box: BOX });
    expect(boxesOf(boxed).map(({ id }) => id)).toEqual([START, 'p1']);
    expect(boxesOf({ ...boxed, kind: 'panorama' })).toMatchObject([{ id: START, box: BOX }]);
    const moved = changeBox(boxed, START, { ...BOX, x: 24 });
    expect(moved.start?.box?.x).toBe(24);
    expect(moved.regions).toBe(boxed.regions);
    const shrunk = withCanvas({ ...boxed, kind: 'texture' }, { width: 32, height: 32 });
    expect(outsiders(shrunk).map(({ id }) => id)).toEqual([START]);
    expect(outsiders(bringInside(shrunk))).toEqual([]);
  });
});

describe('a reroll', () => {
  it('keeps the picture except for the box, and makes one image with its own seed', () => {
    const several = changeStart({ ...redrawPart(begun(), { mask: OTHER.id }, 'inside'), images: 3 }, { strength: 0.2 });
    const job = jobOf(rerolled(several, OTHER.id, { box: BOX }, 9));
    expect(job.images).toBe(1);
    expect(job.start).toEqual({
      picture: OTHER.id,
      strength: 1,
      fit: 'same',
      box: BOX,
      mask: null,
      keep: 'outside',
      feather: 8,
      seed: 9,
    });
  });

  it('redraws the chosen box, or all of a mask, in a picture of the canvas’s size', () => {
    const draft = drawn(2);
    const { canvas, patches } = draft.regions;
    expect(partOf(draft, 'p2', canvas)).toEqual({ box: patches[1]?.box });
    const masked = changePatch(draft, 'p1', { mask: OTHER.id, box: null });
    expect(partOf(masked, 'p1', canvas)).toEqual({ mask: OTHER.id });
    expect(partOf(redrawPart(begun(), { box: BOX }), START, canvas)).toEqual({ box: BOX });
    expect(partOf(draft, null, canvas)).toBeNull();
    expect(partOf(draft, 'p2', OTHER)).toBeNull();
  });
});
