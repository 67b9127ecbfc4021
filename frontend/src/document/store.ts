import { temporal } from 'zundo';
import { create } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { useCells } from '../api/cells';
import type { Canvas } from '../api/types';
import { followAsides, setAside } from './asides';
import { canvasOf, type Draft, EMPTY } from './draft';
import { forgetHistory, loadHistory, storeHistory } from './history';
import { whenAtRest } from './rest';
import { followTabs, loadDraft, readable, storeDraft, textOfDraft } from './saved';

const MERGE_WITHIN = 1_200; // milliseconds between edits of one gesture that count as one step to undo
const REST = { after: 300, atMost: 2_000 }; // milliseconds after the last and the first change that is not stored yet
const MOST_STEPS = 200;

interface Document {
  draft: Draft;
}

let gesture: string | null = null;
let lastEdit = 0;
let fresh = true;

const loaded = loadDraft();
const { past, present, future } = loaded.draft
  ? loadHistory(loaded.draft, loaded.place)
  : { past: [], present: EMPTY, future: [] };
const documents = (drafts: readonly Draft[]): Document[] => drafts.map((draft) => ({ draft }));

/** The document with its own undo history. The browser stores both once the hand rests. It holds nothing that changes
 * by itself. A selector returns a part of the draft or a plain value. A selector that makes a new object at each call
 * never becomes stable, and React stops with an error. */
export const useDraft = create<Document>()(
  temporal((): Document => ({ draft: present }), {
    limit: MOST_STEPS,
    pastStates: documents(past),
    futureStates: documents(future),
    handleSet: (record) => (past, replace, current, delta) => {
      if (fresh) (record as (...all: unknown[]) => void)(past, replace, current, delta);
    },
    equality: (past, current) => past.draft === current.draft,
  }),
);

/** The canvas of the draft. It stays the same object while its values stay the same. */
export function useCanvas(): Canvas {
  useCells(); // the size of a graph's canvas depends on them
  return useDraft(useShallow((now) => canvasOf(now.draft)));
}

const history = () => useDraft.temporal.getState();
const drafts = (documents: Partial<Document>[]) => documents.flatMap(({ draft }) => (draft ? [draft] : []));

function keep(): void {
  const { draft } = useDraft.getState();
  const { pastStates, futureStates } = history();
  storeDraft(draft, forgetHistory);
  storeHistory({ past: drafts(pastStates), future: drafts(futureStates) }, draft);
}

const keeping = whenAtRest(keep, REST);
useDraft.subscribe(keeping.later);
window.addEventListener('pagehide', keeping.now);
document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && keeping.now());
window.addEventListener('storage', followAsides);
window.addEventListener('storage', followTabs);

/** Change the draft. Edits with the same gesture (typing in one field, one drag) that follow each other quickly are
 * undone together. */
export function edit(change: (draft: Draft) => Draft, name: string | null = null): void {
  const now = Date.now();
  fresh = name === null || name !== gesture || now - lastEdit > MERGE_WITHIN;
  gesture = name;
  lastEdit = now;
  useDraft.setState(({ draft }) => ({ draft: change(draft) }));
}

/** Change the draft, and return what takes this change back: the step, or, after later edits, a step of its own that
 * brings the draft of before. */
export function undoable(change: (draft: Draft) => Draft): () => void {
  const before = useDraft.getState().draft;
  edit(change);
  const after = useDraft.getState().draft;
  return () => (useDraft.getState().draft === after ? undo() : edit(() => before));
}

/** Change the draft without a step to undo: a change that nobody made by hand. */
export function adjust(change: (draft: Draft) => Draft): void {
  const { draft } = useDraft.getState();
  const changed = change(draft);
  if (changed === draft) return;
  fresh = false;
  useDraft.setState({ draft: changed });
}

const fromStorage = new WeakSet([...past, ...future]);

/** Check the next draft of a direction before it is shown: an earlier version of the studio may have stored it. If it
 * cannot be edited, the steps of that direction are forgotten. */
function checkNext(direction: 'pastStates' | 'futureStates'): void {
  const states = history()[direction];
  const next = states.at(-1)?.draft;
  if (!next || !fromStorage.has(next)) return;
  const draft = readable(next);
  if (draft === next) return;
  useDraft.temporal.setState({ [direction]: draft ? [...states.slice(0, -1), { draft }] : [] });
}

/** Let the next edit be a step of its own to undo, even if it follows quickly on one with the same name. */
export function beginStep(): void {
  gesture = null;
}

export function undo(): void {
  gesture = null;
  checkNext('pastStates');
  history().undo();
}

export function redo(): void {
  gesture = null;
  checkNext('futureStates');
  history().redo();
}

/** Begin with an empty draft and nothing to undo. A copy of the last draft is set aside. */
export function resetDraft(): void {
  setAside(textOfDraft(useDraft.getState().draft), 'reset');
  useDraft.setState({ draft: EMPTY });
  history().clear();
  keeping.now();
}
