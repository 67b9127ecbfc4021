// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { EMPTY } from './draft';
import { edit, redo, undo, undoable, useDraft } from './store';

const prompt = () => useDraft.getState().draft.regions.prompt;
const write = (text: string, name: string | null = 'prompt') =>
  edit((draft) => ({ ...draft, regions: { ...draft.regions, prompt: text } }), name);

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  edit(() => EMPTY);
  useDraft.temporal.getState().clear();
});

describe('undo', () => {
  it('undoes one gesture with all of its edits', () => {
    write('s');
    write('se');
    write('sea');
    write('forest', null);
    undo();
    expect(prompt()).toBe('sea');
    undo();
    expect(prompt()).toBe('');
    redo();
    expect(prompt()).toBe('sea');
  });

  it('makes two steps of edits in one field with a pause between them', () => {
    write('sea');
    vi.advanceTimersByTime(5_000);
    write('seaside');
    undo();
    expect(prompt()).toBe('sea');
  });

  it('begins a new step after an undo in the middle of a gesture', () => {
    write('sea');
    undo();
    write('snow');
    undo();
    expect(prompt()).toBe('');
  });
});

describe('the browser', () => {
  const stored = () => JSON.parse(localStorage.getItem('inlay.draft.1') ?? '{}').state?.draft.regions.prompt;

  beforeEach(() => {
    vi.advanceTimersByTime(5_000);
    localStorage.clear();
  });

  it('stores the draft once the hand rests', () => {
    write('sea');
    vi.advanceTimersByTime(200);
    write('seaside');
    vi.advanceTimersByTime(299);
    expect(stored()).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(stored()).toBe('seaside');
  });

  it('stores it every two seconds while the hand does not rest', () => {
    for (let times = 0; times <= 10; times++) {
      write(`sea ${times}`);
      vi.advanceTimersByTime(200);
    }
    expect(stored()).toBe('sea 9');
  });

  it('stores it at once when the page is left', () => {
    write('sea');
    window.dispatchEvent(new Event('pagehide'));
    expect(stored()).toBe('sea');
    localStorage.clear();
    window.dispatchEvent(new Event('pagehide'));
    vi.advanceTimersByTime(5_000);
    expect(stored()).toBeUndefined();
  });
});

describe('a change with its own undo', () => {
  it('is the last step taken back', () => {
    write('sea', null);
    const back = undoable((draft) => ({ ...draft, regions: { ...draft.regions, prompt: 'forest' } }));
    back();
    expect(prompt()).toBe('sea');
    redo();
    expect(prompt()).toBe('forest');
  });

  it('brings the draft of before back after later edits, which can then be undone', () => {
    write('sea', null);
    const back = undoable((draft) => ({ ...draft, regions: { ...draft.regions, prompt: 'forest' } }));
    write('forest by day', null);
    back();
    expect(prompt()).toBe('sea');
    undo();
    expect(prompt()).toBe('forest by day');
  });
});
