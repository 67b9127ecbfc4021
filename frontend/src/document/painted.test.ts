import { describe, expect, it } from 'vitest';
import type { Stroke } from '../geometry/strokes';
import { addPatch, boxesOf, changePatch, duplicatePatch, freePatch, partOf, START } from './boxes';
import { boxesIn, copiedBoxes, pastedBoxes } from './clipboard';
import { type Draft, EMPTY } from './draft';
import { withFlag } from './flags';
import { addPainted, paintedShapes, shapeOf, withMask, withStroke, withUploadedMask } from './painted';
import { jobOf } from './samples';
import { draftOf, textOfDraft } from './saved';
import { keeps, redrawMask, redrawPart, startedFrom } from './start';

const BOX = { x: 16, y: 8, width: 64, height: 32 };
const MASK = 'a'.repeat(64);
const STROKE: Stroke = { colour: '#ffffff', size: 20, points: [100, 50, 120.5, 60] };
const AREA: Stroke = { colour: null, size: 24, soft: 0.5, points: [0, 0, 40, 0, 40, 40], filled: true };

const boxed = addPatch(EMPTY, BOX, 8)[0];
const [bare] = addPainted(EMPTY, STROKE, 8);
const started = startedFrom(EMPTY, { id: 'b'.repeat(64), width: 512, height: 128 });

const patchesOf = (draft: Draft) => {
  const { layout } = jobOf(draft);
  return layout.kind === 'regions' ? layout.patches : [];
};

describe('the mask of a patch', () => {
  it('lies over its box, is framed by both, and is not moved by hand', () => {
    const painted = withStroke(boxed, 'p1', STROKE);
    expect(shapeOf(painted, 'p1')).toMatchObject({ box: BOX, strokes: [STROKE] });
    expect(boxesOf(painted)).toMatchObject([
      { id: 'p1', box: { x: 16, y: 8, width: 115, height: 62 }, shape: { box: BOX, strokes: [STROKE] } },
    ]);
    const snapped = { id: 'p1', box: { x: 0, y: 0, width: 136, height: 72 } };
    expect(boxesOf(painted, [snapped])).toMatchObject([{ box: snapped.box }]);
  });

  it('ends the feather of a box, and keeps that of an uploaded mask', () => {
    const masked = changePatch(boxed, 'p1', { box: null, mask: MASK });
    expect(withStroke(masked, 'p1', STROKE).regions.patches).toMatchObject([{ feather: 16 }]);
    expect(withStroke(boxed, 'p1', STROKE).regions.patches).toMatchObject([{ feather: 0 }]);
  });

  it('is replaced by an upload, but not by one that was sent before the last stroke', () => {
    const sent = shapeOf(bare, 'p1')?.strokes;
    const mask = (draft: Draft) => shapeOf(withUploadedMask(draft, 'p1', MASK, sent), 'p1');
    expect(mask(bare)).toMatchObject({ box: null, mask: MASK, strokes: undefined });
    expect(mask(withStroke(bare, 'p1', AREA))).toMatchObject({ mask: MASK, strokes: [STROKE, AREA] });
  });

  it('begins with nothing in a new patch', () => {
    expect(shapeOf(bare, 'p1')).toMatchObject({ box: null, strokes: [STROKE] });
    expect(boxesOf(bare)).toMatchObject([{ id: 'p1', box: { x: 90, y: 40, width: 41, height: 30 } }]);
    expect(freePatch(bare)).toBe('p2');
  });

  it('is sent as its ground, or its frame, until it is uploaded', () => {
    expect(patchesOf(withStroke(boxed, 'p1', STROKE))).toMatchObject([{ box: BOX, feather: 0 }]);
    expect(patchesOf(bare)).toMatchObject([{ box: { x: 90, y: 40, width: 41, height: 30 } }]);
    const [patch] = patchesOf(withMask(bare, 'p1', MASK));
    expect(patch).toMatchObject({ box: null, mask: MASK });
    expect(Object.keys(patchesOf(bare)[0] ?? {})).not.toContain('strokes');
  });

  it('is not uploaded while the patch is hidden', () => {
    expect(paintedShapes(bare).map(({ id }) => id)).toEqual(['p1']);
    expect(paintedShapes(withFlag(bare, 'hidden', ['p1'], true))).toEqual([]);
    expect(paintedShapes({ ...bare, kind: 'texture' })).toEqual([]);
  });

  it('stays in its place in a copy, also through the clipboard', () => {
    const painted = withStroke(boxed, 'p1', STROKE);
    const copied = boxesIn(copiedBoxes(painted, ['p1']) ?? '');
    for (const [draft] of [duplicatePatch(painted, 'p1', 8), pastedBoxes(painted, copied, 8)]) {
      expect(shapeOf(draft, 'p2')).toMatchObject({ box: BOX, strokes: [STROKE] });
    }
  });

  it('is no part to reroll before it is uploaded', () => {
    const painted = withStroke(boxed, 'p1', STROKE);
    const size = { width: 512, height: 128 };
    expect(partOf(painted, 'p1', size)).toBeNull();
    expect(partOf(withMask(painted, 'p1', MASK), 'p1', size)).toEqual({ mask: MASK });
  });
});

describe('the mask of the start', () => {
  it('is painted over its part, and gives way to another part', () => {
    const painted = withStroke(redrawPart(started, { box: BOX }, 'inside'), START, STROKE);
    expect(painted.start).toMatchObject({ box: BOX, keep: 'inside', strokes: [STROKE] });
    expect(boxesOf(painted)).toEqual([]);
    expect(jobOf(painted).start).toMatchObject({ box: BOX, mask: null });
    expect(jobOf(withMask(painted, START, MASK)).start).toMatchObject({ box: null, mask: MASK, keep: 'inside' });
    expect(keeps(redrawPart(painted, null).start ?? {})).toBe(false);
  });

  it('begins with nothing', () => {
    const painted = withStroke(started, START, STROKE);
    expect(keeps(painted.start ?? {})).toBe(true);
    expect(jobOf(painted).start).toMatchObject({ box: { x: 90, y: 40, width: 41, height: 30 }, mask: null });
    expect(withStroke(EMPTY, START, STROKE)).toEqual(EMPTY);
  });
});

describe('the mask of the start, before it is painted', () => {
  it('is sent as what was redrawn before', () => {
    expect(jobOf(redrawMask(started, 'outside'))).toEqual(jobOf(started));
    const boxed = redrawPart(started, { box: BOX });
    expect(jobOf(redrawMask(boxed, 'outside'))).toEqual(jobOf(boxed));
  });

  it('keeps the strokes and the upload that there are', () => {
    const masked = withStroke(redrawPart(started, { mask: MASK }), START, STROKE);
    expect(redrawMask(masked, 'inside').start).toEqual({ ...masked.start, keep: 'inside' });
  });
});

describe('strokes that are stored', () => {
  it.each([
    ['over a box', withStroke(withStroke(boxed, 'p1', STROKE), 'p1', AREA)],
    ['over a mask', withStroke(changePatch(boxed, 'p1', { box: null, mask: MASK }), 'p1', AREA)],
    ['over nothing', bare],
    ['over a start', withStroke(started, START, AREA)],
    ['of a start that has none yet', redrawMask(started, 'inside')],
  ])('come back %s', (_, draft) => {
    expect(draftOf(textOfDraft(draft))).toEqual(draft);
  });

  it.each([
    ['softness that is no number', { soft: 'much' }],
    ['an area that is neither filled nor a line', { filled: false }],
    ['a field that is not known', { spray: 1 }],
  ])('set the draft aside if they have %s', (_, change) => {
    const broken = changePatch(bare, 'p1', { strokes: [{ ...STROKE, ...change } as unknown as Stroke] });
    expect(draftOf(textOfDraft(broken))).toBeNull();
  });
});
