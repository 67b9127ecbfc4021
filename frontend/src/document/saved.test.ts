// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { EMPTY } from './draft';
import { same } from './same';
import { drawn } from './samples';
import { type Aside, draftOf, SAVED_AS, savedDraft, textOfDraft, useAsides } from './saved';

beforeEach(() => localStorage.clear());

/** Load the studio's store with this text in the browser's storage. */
async function start(text: string) {
  localStorage.setItem(SAVED_AS, text);
  vi.resetModules();
  const { useDraft, edit, resetDraft } = await import('./store');
  const { useAsides } = await import('./saved');
  return { draft: () => useDraft.getState().draft, asides: () => useAsides.getState().asides, edit, resetDraft };
}

const asideTexts = (asides: readonly Aside[]) => asides.map(({ text, why }) => [why, text]);
const changed = (change: object) => JSON.stringify({ state: { draft: { ...drawn(1), ...change } }, version: 0 });

describe('a stored draft', () => {
  it('is restored', async () => {
    const { draft, asides } = await start(textOfDraft(drawn(2)));
    expect(same(draft(), drawn(2))).toBe(true);
    expect(asides()).toEqual([]);
  });

  it.each([
    ['cut short', textOfDraft(drawn(1)).slice(0, -20)],
    ['no object', 'null'],
    ['of a later version', JSON.stringify({ state: { draft: drawn(1) }, version: 1 })],
    ['without layouts', JSON.stringify({ state: { draft: { kind: 'regions', regions: {} } }, version: 0 })],
    ['with a field that is not known', changed({ regions: { ...drawn(1).regions, mood: 'calm' } })],
    ['with prompts that have no id', changed({ panorama: { ...EMPTY.panorama, anchors: [{ prompt: 'the sea' }] } })],
    ['with a direction that is none', changed({ panorama: { ...EMPTY.panorama, axis: 'z' } })],
    ['with a canvas without end', textOfDraft(drawn(1)).replace('"width":512', '"width":1e999')],
    ['with outputs that are no names', changed({ outputs: { regions: [5] } })],
    ['with a field of its own', changed({ mood: 'calm' })],
    ['with a model that is a number', changed({ sampling: { ...EMPTY.sampling, model: 5 } })],
  ])('is set aside word for word when it is %s', async (_, text) => {
    const { draft, asides, edit } = await start(text);
    expect(draft()).toEqual(EMPTY);
    expect(asideTexts(asides())).toEqual([['unreadable', text]]);
    edit((now) => ({ ...now, kind: 'texture' }));
    const again = await start(localStorage.getItem(SAVED_AS) ?? '');
    expect(again.draft().kind).toBe('texture');
    expect(asideTexts(again.asides())).toEqual([['unreadable', text]]);
  });

  it('is set aside when it is reset, and can be read back', async () => {
    const { draft, asides, resetDraft } = await start(textOfDraft(drawn(2)));
    resetDraft();
    expect(draft()).toEqual(EMPTY);
    expect(same(draftOf(asides()[0]?.text ?? ''), drawn(2))).toBe(true);
  });

  it('keeps a limited number of drafts that were set aside', async () => {
    const { asides, resetDraft } = await start(textOfDraft(drawn(1)));
    for (let times = 0; times < 9; times++) resetDraft();
    expect(asides()).toHaveLength(5);
  });
});

it('can be edited if the browser stores nothing, and the studio knows it', () => {
  const full = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  expect(() => savedDraft.setItem(SAVED_AS, { state: { draft: EMPTY } })).not.toThrow();
  expect(full).toHaveBeenCalled();
  expect(useAsides.getState().kept).toBe(false);
  full.mockRestore();
  savedDraft.setItem(SAVED_AS, { state: { draft: EMPTY } });
  expect(useAsides.getState().kept).toBe(true);
});
