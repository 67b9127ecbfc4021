import { describe, expect, it } from 'vitest';
import { addPatch, boxesOf, changePatch, removePatch } from './boxes';
import { EMPTY, isUnprompted } from './draft';
import { isHidden, isLocked, placeOfPatch, withFlag } from './flags';
import { addGuide, placeOf, removeGuide } from './guides';
import { withJob } from './job';
import { drawn, jobOf } from './samples';
import { draftOf, textOfDraft } from './saved';

const BOX = { x: 16, y: 8, width: 64, height: 32 };

const patchesOf = (draft: Parameters<typeof jobOf>[0]) => {
  const { layout } = jobOf(draft);
  return layout.kind === 'regions' ? layout.patches.map(({ id }) => id) : [];
};

describe('a hidden box', () => {
  const hidden = withFlag(drawn(3), 'hidden', ['p2'], true);

  it('is left out of the canvas and of the job, so that later patches move up in its list', () => {
    expect(boxesOf(hidden).map(({ id }) => id)).toEqual(['p1', 'p3']);
    expect(patchesOf(hidden)).toEqual(['p1', 'p3']);
    expect(['p1', 'p2', 'p3'].map((id) => placeOfPatch(hidden, id))).toEqual([0, -1, 1]);
    expect(patchesOf(withFlag(hidden, 'hidden', ['p2'], false))).toEqual(['p1', 'p2', 'p3']);
  });

  it('does not count as a prompt', () => {
    const said = changePatch(hidden, 'p2', { prompt: 'a house' });
    expect(isUnprompted(said)).toBe(true);
    expect(isUnprompted(changePatch(hidden, 'p1', { prompt: 'a house' }))).toBe(false);
  });

  it('may be a guide', () => {
    const [guided] = addGuide(addGuide(EMPTY, 'palette', BOX)[0], 'palette', BOX);
    const first = withFlag(guided, 'hidden', ['~g1'], true);
    const { layout } = jobOf(first);
    expect(layout.kind !== 'custom' && layout.guides).toHaveLength(1);
    expect(['~g1', '~g2'].map((id) => placeOf(first, id))).toEqual([-1, 0]);
  });
});

describe('the flags of a draft', () => {
  const locked = withFlag(withFlag(drawn(2), 'locked', ['p1', 'p2'], true), 'hidden', ['p2'], true);

  it('belong to a layout, and are kept', () => {
    expect(isLocked(locked, 'p1')).toBe(true);
    expect(isLocked({ ...locked, kind: 'scene' }, 'p1')).toBe(false);
    expect(draftOf(textOfDraft(locked))?.flags).toEqual(locked.flags);
  });

  it.each([
    [{ mood: 1 }],
    [{ regions: { locked: [1], hidden: [] } }],
    [{ regions: { locked: [] } }],
    [{ regions: null }],
  ])('are refused as %j', (flags) => {
    const text = textOfDraft({ ...locked, flags: flags as unknown as typeof locked.flags });
    expect(draftOf(text)).toBeNull();
  });

  it('go with a deleted box, because the next one may get its id', () => {
    const [again, { id }] = addPatch(removePatch(locked, 'p2'), BOX, 8);
    expect(id).toBe('p2');
    expect([isLocked(again, 'p2'), isHidden(again, 'p2')]).toEqual([false, false]);
    const guided = withFlag(addGuide(EMPTY, 'palette', BOX)[0], 'locked', ['~g1'], true);
    expect(removeGuide(guided, '~g1').flags.regions?.locked).toEqual([]);
  });

  it('end when another job is opened in the layout', () => {
    expect(withJob(locked, jobOf(drawn(2))).flags.regions).toBeUndefined();
  });
});
