import { create } from 'zustand';
import { readStored, store } from '../storage';

/** A draft that is no longer in the editor, exactly as it was stored. */
export interface Aside {
  /** The time at which it was set aside, in ISO 8601. */
  at: string;
  /** `unreadable`: this version of the studio cannot edit all of it. `reset`: the visitor asked for an empty draft.
   * `tab`: another tab stored its own draft in the place of this one. */
  why: 'unreadable' | 'reset' | 'tab';
  text: string;
  /** The tab that wrote it, if `why` is `tab`. */
  tab?: string;
}

const ASIDE_AS = 'inlay.drafts.aside';
const MOST = 5; // of the drafts of other tabs, and of all others

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

/** The drafts that were set aside, the newest last. They survive a reload, and all tabs share them. */
export const useAsides = create<{ asides: readonly Aside[] }>(() => ({ asides: readAsides() }));

/** Change the list. Another tab may have changed it as well, so it is read again first, if the browser stores it. */
function change(to: (asides: readonly Aside[]) => readonly Aside[]): void {
  const stored = readAsides();
  const asides = to(stored.length > 0 ? stored : useAsides.getState().asides);
  useAsides.setState({ asides });
  store('localStorage', ASIDE_AS, asides.length > 0 ? JSON.stringify(asides) : null);
}

const ofTab = ({ why }: Aside): boolean => why === 'tab';

export function setAside(text: string, why: Aside['why'], tab?: string): void {
  const aside: Aside = { at: new Date().toISOString(), why, text, ...(tab !== undefined && { tab }) };
  change((asides) => {
    const kept = asides.filter((one) => ofTab(one) === ofTab(aside)).slice(1 - MOST);
    return [...asides.filter((one) => ofTab(one) !== ofTab(aside) || kept.includes(one)), aside];
  });
}

const isSame = (one: Aside, other: Aside): boolean => one.at === other.at && one.text === other.text;

export const discardAside = (aside: Aside): void => change((asides) => asides.filter((one) => !isSame(one, aside)));

/** Forget the older drafts of a tab, whose last draft is stored again. */
export function forgetTab(tab: string): void {
  if (readAsides().some((one) => one.tab === tab)) change((asides) => asides.filter((one) => one.tab !== tab));
}

/** Follow what other tabs set aside. */
export function followAsides({ key }: StorageEvent): void {
  if (key === ASIDE_AS) useAsides.setState({ asides: readAsides() });
}
