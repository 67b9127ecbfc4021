import { create } from 'zustand';
import { readStored, store } from '../storage';
import { forgetTab, setAside } from './asides';
import type { Draft } from './draft';
import { restored, salvaged } from './read/draft';
import { same } from './same';

/** The place of the draft. The tab's own draft is in its session storage, which survives a reload. The draft that was
 * edited last in any tab is in the local storage; a new tab begins with it. */
export const SAVED_AS = 'inlay.draft.1';
const SAVED_BY = 'inlay.draft.by'; // the tab whose draft is in the local storage
const TAB_AS = 'inlay.tab';
const VERSION = 0; // of the draft's form; a draft of a later one is set aside

/** `kept`: the browser has stored the last change of the draft. `others`: another tab has stored a draft of its own
 * since this page was loaded. */
export const useSaved = create(() => ({ kept: true, others: false }));

const wasReloaded = (): boolean =>
  performance.getEntriesByType?.('navigation').some((entry) => 'type' in entry && entry.type === 'reload') ?? false;

/** The id of this tab. A copy of the tab has the same session storage, so only a reload keeps the id. */
function idOfTab(): string {
  const known = wasReloaded() ? readStored('sessionStorage', TAB_AS) : null;
  const id = known ?? Math.random().toString(36).slice(2);
  store('sessionStorage', TAB_AS, id);
  return id;
}

const tab = idOfTab();
let seen: string | null = null; // the text in the local storage that this tab has read or written

export const textOfDraft = (draft: Draft): string => JSON.stringify({ state: { draft }, version: VERSION });

/** A draft as this version edits it: the same object if nothing about it changes; null if it cannot be edited. */
export function readable(draft: unknown): Draft | null {
  const read = restored(draft);
  return read && same(read, draft) ? (draft as Draft) : read;
}

/** The draft in a stored text, as it was stored; null if the text is none of this version's form. */
function storedIn(text: string): unknown {
  try {
    const { state, version } = JSON.parse(text);
    return version === VERSION ? state.draft : null;
  } catch {
    return null;
  }
}

/** Read the draft in a stored text; null if this version of the studio cannot edit all of it. */
export const draftOf = (text: string): Draft | null => readable(storedIn(text));

interface Loaded {
  draft: Draft | null;
  /** The storage that holds the tab's draft and its history. */
  place: 'sessionStorage' | 'localStorage';
}

/** Read the draft that this tab begins with. If a part of it cannot be read, the text is set aside, and the other parts
 * are kept. */
export function loadDraft(): Loaded {
  const own = readStored('sessionStorage', SAVED_AS);
  const last = readStored('localStorage', SAVED_AS);
  seen = own === null || own === last ? last : null;
  const [text, place] = own === null ? ([last, 'localStorage'] as const) : ([own, 'sessionStorage'] as const);
  if (text === null) return { draft: null, place };
  const draft = draftOf(text);
  if (draft) return { draft, place };
  setAside(text, 'unreadable');
  return { draft: salvaged(storedIn(text)), place };
}

/** Set the draft of another tab aside before this tab's draft takes its place. */
function yieldPlace(text: string): void {
  const last = readStored('localStorage', SAVED_AS);
  forgetTab(tab);
  if (last === null || last === seen || last === text) return;
  setAside(last, 'tab', readStored('localStorage', SAVED_BY) ?? '');
}

/** Store the draft in the browser. `makeRoom` is called if its storage is full. */
export function storeDraft(draft: Draft, makeRoom: () => void): void {
  const text = textOfDraft(draft);
  yieldPlace(text);
  const put = () => store('localStorage', SAVED_AS, text);
  let kept = put();
  if (!kept) {
    makeRoom();
    kept = put();
  }
  if (kept) {
    seen = text;
    store('localStorage', SAVED_BY, tab);
  }
  if (!store('sessionStorage', SAVED_AS, text)) store('sessionStorage', SAVED_AS, null); // an older one must not return
  if (useSaved.getState().kept !== kept) useSaved.setState({ kept });
}

/** Notice that another tab stores a draft of its own. */
export function followTabs({ key, newValue }: StorageEvent): void {
  if (key === SAVED_AS && newValue !== null && newValue !== seen) useSaved.setState({ others: true });
}
