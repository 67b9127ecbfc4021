import { temporal } from 'zundo';
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import { useShallow } from 'zustand/react/shallow';
import type { Canvas } from '../api/types';
import { canvasOf, type Draft, EMPTY } from './draft';
import { SAVED_AS, type Saved, savedDraft, setAside, textOfDraft } from './saved';

const MERGE_WITHIN = 1_200; // milliseconds between edits of one gesture that count as one step to undo

let gesture: string | null = null;
let lastEdit = 0;
let fresh = true;

/** The document, saved in the browser at every change, with its own undo history. It holds nothing that changes by
 * itself. A selector returns a part of the draft or a plain value. A selector that makes a new object at each call
 * never becomes stable, and React stops with an error. */
export const useDraft = create<Saved>()(
  temporal(
    persist((): Saved => ({ draft: EMPTY }), { name: SAVED_AS, storage: savedDraft }),
    {
      limit: 200,
      handleSet: (record) => (past, replace, current, delta) => {
        if (fresh) (record as (...all: unknown[]) => void)(past, replace, current, delta);
      },
      equality: (past, current) => past.draft === current.draft,
    },
  ),
);

/** The canvas of the draft. It stays the same object while its values stay the same. */
export const useCanvas = (): Canvas => useDraft(useShallow((now) => canvasOf(now.draft)));

/** Change the draft. Edits with the same gesture (typing in one field, one drag) that follow each other quickly are
 * undone together. */
export function edit(change: (draft: Draft) => Draft, name: string | null = null): void {
  const now = Date.now();
  fresh = name === null || name !== gesture || now - lastEdit > MERGE_WITHIN;
  gesture = name;
  lastEdit = now;
  useDraft.setState(({ draft }) => ({ draft: change(draft) }));
}

const history = () => useDraft.temporal.getState();

export function undo(): void {
  gesture = null;
  history().undo();
}

export function redo(): void {
  gesture = null;
  history().redo();
}

/** Begin with an empty draft and nothing to undo. A copy of the last draft is set aside. */
export function resetDraft(): void {
  setAside(textOfDraft(useDraft.getState().draft), 'reset');
  useDraft.setState({ draft: EMPTY });
  history().clear();
}
