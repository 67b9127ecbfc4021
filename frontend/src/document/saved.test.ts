// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Aside } from './asides';
import { type Draft, EMPTY } from './draft';
import { same } from './same';
import { drawn } from './samples';
import { draftOf, SAVED_AS, storeDraft, textOfDraft, useSaved } from './saved';

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => vi.useRealTimers());

/** Load the studio's store as a new page with what the browser has stored. Changes of earlier pages are not stored. */
async function load() {
  vi.clearAllTimers();
  vi.resetModules();
  const { useDraft, edit, resetDraft, undo, redo } = await import('./store');
  const { useAsides } = await import('./asides');
  return {
    draft: () => useDraft.getState().draft,
    asides: () => useAsides.getState().asides,
    ...{ edit, resetDraft, undo, redo },
  };
}

/** Load the studio's store in a new tab, with this text in the browser's storage. */
async function start(text: string) {
  sessionStorage.clear();
  localStorage.setItem(SAVED_AS, text);
  return load();
}

const rest = () => vi.advanceTimersByTime(300);

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
    expect(draft()).not.toEqual(drawn(1));
    expect(asideTexts(asides())).toEqual([['unreadable', text]]);
    edit((now) => ({ ...now, kind: 'texture' }));
    rest();
    const again = await start(localStorage.getItem(SAVED_AS) ?? '');
    expect(again.draft().kind).toBe('texture');
    expect(asideTexts(again.asides())).toEqual([['unreadable', text]]);
  });

  it('keeps the parts that can be read', async () => {
    const { draft } = await start(changed({ texture: 5, images: 3, mood: 'calm' }));
    expect(same(draft(), { ...drawn(1), texture: EMPTY.texture, images: 3 })).toBe(true);
    for (const text of ['null', '{"state": 5}', textOfDraft([] as unknown as Draft), '{']) {
      expect(same((await start(text)).draft(), EMPTY)).toBe(true);
    }
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

describe('undo and redo', () => {
  const write = (prompt: string) => (draft: Draft) => ({ ...draft, texture: { ...draft.texture, prompt } });

  /** Load the store with three steps, of which the last is undone, and reload the page. */
  async function threeSteps() {
    const before = await start(textOfDraft(drawn(2)));
    const states = [JSON.stringify(before.draft())];
    for (const prompt of ['the sea', 'a forest', 'the sky']) {
      before.edit(write(prompt));
      states.push(JSON.stringify(before.draft()));
    }
    before.undo();
    rest();
    return states;
  }

  it('continue after a reload, in both directions and to the exact JSON', async () => {
    const states = await threeSteps();
    const { draft, undo, redo } = await load();
    expect(JSON.stringify(draft())).toBe(states[2]);
    undo();
    undo();
    undo(); // one more than there are
    expect(JSON.stringify(draft())).toBe(states[0]);
    for (let times = 0; times < 4; times++) redo();
    expect(JSON.stringify(draft())).toBe(states[3]);
  });

  it.each(['', '{', '[]', '[{"past":5}]', '[{"past":"1","present":"2","future":"1"},[],{}]', '[1e999]'])(
    'never lose the draft to a history that is %s',
    async (text) => {
      const states = await threeSteps();
      sessionStorage.setItem('inlay.history.1', text);
      const { draft, undo } = await load();
      expect(JSON.stringify(draft())).toBe(states[2]);
      expect(undo).not.toThrow();
    },
  );

  it('forget steps that this version cannot edit', async () => {
    await threeSteps();
    const key = 'inlay.history.1';
    sessionStorage.setItem(key, (sessionStorage.getItem(key) ?? '').replace('"the sea"', '5'));
    const { draft, undo } = await load();
    undo();
    expect(draft().texture.prompt).toBe('a forest');
  });

  it('lead to the draft of the history if the browser stored a later draft alone', async () => {
    const states = await threeSteps();
    sessionStorage.setItem(SAVED_AS, textOfDraft(write('a house')(drawn(2))));
    const { draft, undo } = await load();
    expect(draft().texture.prompt).toBe('a house');
    undo();
    expect(JSON.stringify(draft())).toBe(states[2]);
  });
});

describe('two tabs', () => {
  /** The storage of a tab, while another tab is in use. */
  const leave = () => ({ ...sessionStorage });
  function enter(tab: Record<string, string>) {
    sessionStorage.clear();
    for (const [name, text] of Object.entries(tab)) sessionStorage.setItem(name, text);
  }
  const images = (count: number) => (draft: Draft) => ({ ...draft, images: count });

  it('keep their own drafts and steps, and a new tab gets both', async () => {
    const one = await start(textOfDraft(drawn(1)));
    one.edit(images(2));
    rest();
    const first = leave();
    const other = await start(localStorage.getItem(SAVED_AS) ?? '');
    other.edit(images(3));
    rest();
    other.edit(images(4));
    rest();
    const second = leave();

    enter(first);
    const again = await load();
    expect(again.draft().images).toBe(2);
    again.undo();
    expect(again.draft().images).toBe(1);
    rest();
    const after = leave();
    enter(second);
    expect((await load()).draft().images).toBe(4);

    const fresh = await start(localStorage.getItem(SAVED_AS) ?? '');
    expect(fresh.draft().images).toBe(1);
    expect(fresh.asides().map(({ why, text }) => [why, draftOf(text)?.images])).toEqual([['tab', 4]]);

    enter(second);
    const last = await load();
    last.edit(images(5));
    rest();
    expect(last.asides().map(({ text }) => draftOf(text)?.images)).toContain(1);
    expect(JSON.parse(after[SAVED_AS] ?? '').state.draft.images).toBe(1);
  });
});

it('can be edited if the browser stores nothing, and the studio knows it', () => {
  const full = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  const makeRoom = vi.fn();
  expect(() => storeDraft(EMPTY, makeRoom)).not.toThrow();
  expect(full).toHaveBeenCalled();
  expect(makeRoom).toHaveBeenCalled();
  expect(useSaved.getState().kept).toBe(false);
  full.mockRestore();
  storeDraft(EMPTY, makeRoom);
  expect(useSaved.getState().kept).toBe(true);
});
