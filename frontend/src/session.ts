import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import type { PreviewSide, Transform } from './api/types';
import { storageOf } from './storage';

/** What the canvas shows of a running job: its main picture, or one node of the graph (null: the main one), or another
 * side of it. */
export interface Show {
  node: string | null;
  what: PreviewSide;
}

export const PICTURE: Show = { node: null, what: 'x0' };

/** How a finished picture is looked at: as it is, as one view of an illusion sees it, or beside copies of itself. */
export type Look = Transform | 'tiled';

interface Session {
  /** The patch or prompt being edited. */
  selected: string | null;
  /** The patch or prompt whose text field takes the focus as soon as it is there. */
  writing: string | null;
  /** Every press on the canvas draws, also one that begins on a box. */
  drawing: boolean;
  /** The job whose picture lies on the canvas. */
  job: string | null;
  /** Which of the job's pictures, where it has several; null is the first. */
  picture: string | null;
  show: Show;
  look: Look;
  hovered: string | null;
  helpOpen: boolean;
  /** What is said of the picture to start from is unfolded. */
  startOpen: boolean;
}

/** The state of this tab: neither part of the document nor of the stream. Only the job at hand outlives a reload. */
export const useSession = create<Session>()(
  persist(
    (): Session => ({
      selected: null,
      writing: null,
      drawing: false,
      job: null,
      picture: null,
      show: PICTURE,
      look: 'identity',
      hovered: null,
      helpOpen: false,
      startOpen: false,
    }),
    {
      name: 'inlay.session',
      storage: createJSONStorage(() => storageOf('sessionStorage')),
      partialize: ({ job }) => ({ job }),
      merge: (saved, now) => {
        const { job } = (saved ?? {}) as { job?: unknown };
        return typeof job === 'string' ? { ...now, job } : now;
      },
    },
  ),
);

export const select = (selected: string | null) => useSession.setState({ selected, writing: null });
/** Choose a patch or prompt, and go to its text. */
export const writePrompt = (selected: string) => useSession.setState({ selected, writing: selected });
export const showJob = (job: string | null, picture: string | null = null) =>
  useSession.setState({ job, picture, show: PICTURE, look: 'identity' });
