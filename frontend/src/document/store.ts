import { temporal } from 'zundo';
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import { type Draft, EMPTY } from './draft';
import { restored } from './read/draft';

interface DraftState {
  draft: Draft;
}

const MERGE_WITHIN = 1_200; // milliseconds between edits of one gesture that count as one step to undo
const SAVED_AS = 'inlay.draft.1';

let gesture: string | null = null;
let lastEdit = 0;
let fresh = true;

/** The document, saved in the browser at every change, with its own undo history. Nothing that changes by itself lives
 * here. */
export const useDraft = create<DraftState>()(
  temporal(
    persist((): DraftState => ({ draft: EMPTY }), {
      name: SAVED_AS,
      merge: (saved, now) => {
        const draft = (saved as Partial<DraftState> | undefined)?.draft;
        const known = restored(draft);
        return known ? { draft: known } : now;
      },
    }),
    {
      limit: 200,
      handleSet: (record) => (past, replace, current, delta) => {
        if (fresh) (record as (...all: unknown[]) => void)(past, replace, current, delta);
      },
      equality: (past, current) => past.draft === current.draft,
    },
  ),
);

/** Change the draft. Edits that name the same gesture (typing in one field, one drag) within a moment undo as one. */
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
