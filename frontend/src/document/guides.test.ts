import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../api/limits';
import type { Stroke } from '../geometry/strokes';
import { boxesOf, changeBox } from './boxes';
import { type Draft, EMPTY, isBlank } from './draft';
import type { ColourSketch, Guide } from './guide';
import { addGuide, changeGuide, cleared, guideOf, guidesOf, painted, picturedBy, placeOf, removeGuide } from './guides';
import { withJob } from './job';
import { openJob } from './opening';
import { NotAJob } from './read/fields';
import { jobOf } from './samples';
import { draftOf, textOfDraft } from './saved';

const BOX = { x: 16, y: 8, width: 64, height: 32 };
const PICTURE = { id: 'a'.repeat(64), width: 512, height: 128 };
const STROKE: Stroke = { colour: '#9fd3ee', size: 24, points: [8, 8, 40.5, 12] };

const withKinds = (...kinds: Guide['kind'][]): Draft =>
  kinds.reduce((draft, kind) => addGuide(draft, kind, BOX)[0], EMPTY);
const sent = (draft: Draft) => {
  const { layout } = jobOf(draft);
  return layout.kind === 'custom' ? [] : layout.guides;
};

/** A draft with one guide of each kind, all of which show something. */
const full = (): Draft => {
  const draft = painted(withKinds('sketch', 'palette', 'keep_close'), '~g1', STROKE);
  return picturedBy(draft, '~g3', PICTURE);
};

describe('the guides of a draft', () => {
  it('are sent once they show something', () => {
    const draft = withKinds('sketch', 'palette', 'keep_close');
    expect(sent(draft)).toMatchObject([{ kind: 'palette', box: BOX, ...DEFAULTS.Palette, active: [0, 1] }]);
    expect(['~g1', '~g2', '~g3'].map((id) => placeOf(draft, id))).toEqual([-1, 0, -1]);
    const kept = picturedBy(draft, '~g3', { ...PICTURE, height: 512 });
    expect(sent(kept)[1]).toEqual({
      ...{ kind: 'keep_close', picture: PICTURE.id, fit: 'crop', box: null, mask: null },
      ...{ weight: DEFAULTS.KeepClose.weight, deviation: DEFAULTS.KeepClose.deviation, active: [0, 1] },
    });
    expect(placeOf(kept, '~g3')).toBe(1);
  });

  it('belong to their layout', () => {
    const draft = withKinds('palette');
    expect(isBlank(draft)).toBe(false);
    expect(guidesOf({ ...draft, kind: 'texture' })).toEqual([]);
    expect(isBlank({ ...draft, kind: 'texture' })).toBe(true);
  });

  it('are drawn as boxes, and are moved like boxes', () => {
    const draft = withKinds('palette', 'keep_close');
    expect(boxesOf(draft)).toMatchObject([{ id: '~g1', box: BOX, paint: '#5b8fd6', prompt: 'Palette #5b8fd6' }]);
    const moved = changeBox(draft, '~g1', { ...BOX, x: 0 });
    expect(guideOf(moved, '~g1')?.box?.x).toBe(0);
  });

  it('get ids that are free, and are removed', () => {
    const draft = addGuide(removeGuide(withKinds('palette', 'sketch'), '~g1'), 'keep_close', BOX)[0];
    expect(guidesOf(draft).map(({ id, kind }) => [id, kind])).toEqual([
      ['~g2', 'sketch'],
      ['~g1', 'keep_close'],
    ]);
  });
});

describe('a colour sketch', () => {
  it('is painted stroke by stroke, and cleared', () => {
    const twice = painted(painted(withKinds('sketch'), '~g1', STROKE), '~g1', { ...STROKE, colour: null });
    expect(guideOf(twice, '~g1')).toMatchObject({ strokes: [STROKE, { colour: null }] });
    expect(guideOf(cleared(twice, '~g1'), '~g1')).toMatchObject({ strokes: [], picture: null });
    expect(painted(withKinds('palette'), '~g1', STROKE)).toEqual(withKinds('palette'));
  });

  it('takes a picture in place of its strokes and its shape', () => {
    const shaped = changeGuide(painted(withKinds('sketch'), '~g1', STROKE), '~g1', { mask: 'b'.repeat(64) });
    const taken = picturedBy(shaped, '~g1', PICTURE);
    expect(guideOf(taken, '~g1')).toMatchObject({ picture: PICTURE.id, fit: 'same', strokes: [], mask: null });
    expect(sent(taken)).toMatchObject([
      { kind: 'sketch', picture: PICTURE.id, deviation: DEFAULTS.Sketch.deviation, scale: null },
    ]);
  });
});

it('keeps strokes that were painted while the picture of a sketch was sent', () => {
  const sketch = withKinds('sketch');
  const then = guideOf(sketch, '~g1') as ColourSketch;
  expect(guideOf(picturedBy(sketch, '~g1', PICTURE, then.strokes), '~g1')).toMatchObject({ strokes: [] });
  const taken = picturedBy(painted(sketch, '~g1', STROKE), '~g1', PICTURE, then.strokes);
  expect(guideOf(taken, '~g1')).toMatchObject({ picture: PICTURE.id, strokes: [STROKE] });
});

describe('guides that are stored', () => {
  it('come back with their strokes after a reload', () => {
    const back = draftOf(textOfDraft(full()));
    expect(back?.guides).toEqual(full().guides);
  });

  it.each([
    ['a stroke without points', { strokes: [{ colour: '#fff', size: 3 }] }],
    ['a stroke with a point that is no number', { strokes: [{ colour: null, size: 3, points: [1, 'x'] }] }],
    ['a kind that is not known', { kind: 'mood' }],
    ['no id', { id: undefined }],
  ])('set the draft aside if they have %s', (_, change) => {
    const draft = full();
    const [first, ...rest] = guidesOf(draft);
    const broken = { ...draft, guides: { regions: [{ ...first, ...change }, ...rest] } };
    expect(draftOf(textOfDraft(broken as unknown as Draft))).toBeNull();
  });

  it('open again from a job document', () => {
    const draft = picturedBy(full(), '~g1', PICTURE);
    const opened = withJob(EMPTY, jobOf(draft));
    expect(guidesOf(opened)).toEqual(guidesOf(draft));
    expect(sent(opened)).toEqual(sent(draft));
  });

  it('are filled in, and fields that are not known are named', () => {
    const { layout } = jobOf(EMPTY);
    const open = (guide: object) => openJob(JSON.stringify({ layout: { ...layout, guides: [guide] } }));
    const { change, leftOut } = open({ kind: 'palette', colour: [1, 0, 0.2], mood: 'calm' });
    expect(leftOut).toEqual(['layout.guides.0.mood']);
    expect(guidesOf(change(EMPTY))).toMatchObject([
      { kind: 'palette', ...DEFAULTS.Palette, box: null, active: [0, 1] },
    ]);
    expect(() => open({ kind: 'mood' })).toThrow(NotAJob);
    expect(() => open({ kind: 'palette', colour: [1, 0] })).toThrow('layout.guides.0.colour should be 3 numbers.');
  });
});
