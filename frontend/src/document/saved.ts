import { create } from 'zustand';
import type { PersistStorage } from 'zustand/middleware';
import { readStored, store } from '../storage';
import type { Draft } from './draft';
import { restored } from './read/draft';

export interface Saved {
  draft: Draft;
}

/** A draft that was taken out of the editor, word for word as it was stored. */
export interface Aside {
  /** When, in ISO 8601. */
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

/** The drafts that were set aside, the newest last. They outlive a reload. `kept`: the browser took the last change of the
 * draft itself. */
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

/** The draft that a stored text holds; null where this version of the studio cannot edit it. */
export function draftOf(text: string): Draft | null {
  try {
    const { state, version } = JSON.parse(text);
    return version === VERSION ? restored(state.draft) : null;
  } catch {
    return null;
  }
}

/** Keeps the draft in the browser. What it cannot read is set aside, before the next change writes over it. */
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
