import { create } from 'zustand';
import type { PersistStorage } from 'zustand/middleware';
import { readStored, store } from '../storage';
import type { Draft } from './draft';
import { restored } from './read/draft';

export interface Saved {
  draft: Draft;
}

/** A draft that was removed from the editor, exactly as it was stored. */
export interface Aside {
  /** The time at which it was set aside, in ISO 8601. */
  at: string;
  /** `unreadable`: this version of the studio cannot edit it. `reset`: the visitor asked for an empty draft. */
  why: 'unreadable' | 'reset';
  text: string;
}

export const SAVED_AS = 'inlay.draft.1';
const VERSION = 0; // of the draft's form; a draft of a later one is set aside
const ASIDE_AS = 'inlay.drafts.aside';
const MOST_ASIDE = 5;

const isAside = (one: unknown): one is Aside =>
  typeof one === 'object' &&
  one !== null &&
  'at' in one &&
  'why' in one &&
  'text' in one &&
  typeof one.text === 'string';

function readAsides(): Aside[] {
  try {
    const all: unknown = JSON.parse(readStored('localStorage', ASIDE_AS) ?? '[]');
    return Array.isArray(all) ? all.filter(isAside) : [];
  } catch {
    return [];
  }
}

/** The drafts that were set aside, the newest last. They survive a reload. `kept`: the browser has stored the last
 * change of the draft itself. */
export const useAsides = create<{ asides: readonly Aside[]; kept: boolean }>(() => ({
  asides: readAsides(),
  kept: true,
}));

function keep(asides: readonly Aside[]): void {
  useAsides.setState({ asides });
  store('localStorage', ASIDE_AS, asides.length > 0 ? JSON.stringify(asides) : null);
}

export function setAside(text: string, why: Aside['why']): void {
  const { asides } = useAsides.getState();
  keep([...asides, { at: new Date().toISOString(), why, text }].slice(-MOST_ASIDE));
}

export const discardAside = (aside: Aside): void => keep(useAsides.getState().asides.filter((one) => one !== aside));

export const textOfDraft = (draft: Draft): string => JSON.stringify({ state: { draft }, version: VERSION });

/** Read the draft in a stored text; null if this version of the studio cannot edit it. */
export function draftOf(text: string): Draft | null {
  try {
    const { state, version } = JSON.parse(text);
    return version === VERSION ? restored(state.draft) : null;
  } catch {
    return null;
  }
}

/** Stores the draft in the browser. A draft that it cannot read is set aside before the next change overwrites it. */
export const savedDraft: PersistStorage<Saved> = {
  getItem(name) {
    const text = readStored('localStorage', name);
    if (text === null) return null;
    const draft = draftOf(text);
    if (draft) return { state: { draft }, version: VERSION };
    setAside(text, 'unreadable');
    return null;
  },
  setItem(name, { state }) {
    const kept = store('localStorage', name, textOfDraft(state.draft));
    if (kept !== useAsides.getState().kept) useAsides.setState({ kept });
  },
  removeItem: (name) => void store('localStorage', name, null),
};
