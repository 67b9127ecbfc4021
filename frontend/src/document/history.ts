import { parse, stringify } from 'flatted';
import { readStored, store } from '../storage';
import type { Draft } from './draft';

/** The drafts that undo and redo bring back. The last of each list is the next one. */
export interface History {
  past: readonly Draft[];
  future: readonly Draft[];
}

/** The place of the history, in the session storage and in the local storage, as for the draft. */
const HISTORY_AS = 'inlay.history.1';
const MOST = 1_000_000; // characters; a browser stores about five million for a site
const PLACES = ['sessionStorage', 'localStorage'] as const;

/** The second half of a list, whose last items are the next steps. */
const nearer = <Item>(items: readonly Item[]): readonly Item[] => items.slice(Math.ceil(items.length / 2));

/** Write a history as text. Parts that drafts share are written once. The furthest steps are left out if the text is
 * too long. */
export function textOfHistory({ past, future }: History, present: Draft): string {
  const text = stringify({ past, present, future });
  if (text.length <= MOST || past.length + future.length === 0) return text;
  return textOfHistory({ past: nearer(past), future: nearer(future) }, present);
}

const isDrafts = (value: unknown): value is Draft[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null);

interface Stored extends History {
  /** The draft that the steps lead to. It shares its parts with them. */
  present: Draft;
}

function parsed(text: string): Stored | null {
  try {
    const { past, present, future } = parse(text) as Record<keyof Stored, unknown>;
    return isDrafts(past) && isDrafts([present]) && isDrafts(future)
      ? { past, present: present as Draft, future }
      : null;
  } catch {
    return null;
  }
}

const isExactly = (one: Draft, other: Draft): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Read the history of a draft from its text. A text that cannot be read holds no steps. If the text belongs to
 * another draft, because the browser stored only one of the two, that draft becomes the last step to undo. */
export function historyOf(text: string | null, draft: Draft): Stored {
  const stored = text === null ? null : parsed(text);
  if (!stored) return { past: [], present: draft, future: [] };
  if (isExactly(stored.present, draft)) return stored;
  return { past: [...stored.past, stored.present], present: draft, future: [] };
}

export const loadHistory = (draft: Draft, place: (typeof PLACES)[number]): Stored =>
  historyOf(readStored(place, HISTORY_AS), draft);

/** Store the history. If there is no room for it, the place holds none. */
export function storeHistory(history: History, present: Draft): void {
  const text = textOfHistory(history, present);
  for (const place of PLACES) store(place, HISTORY_AS, text) || store(place, HISTORY_AS, null);
}

export const forgetHistory = (): void => {
  for (const place of PLACES) store(place, HISTORY_AS, null);
};
