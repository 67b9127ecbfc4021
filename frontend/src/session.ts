import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import type { What } from './stream/frame';

/** What the picture shows: the picture itself, or one node of the graph, or another side of it. */
export interface Show {
  node: string;
  what: What;
}

export const PICTURE: Show = { node: 'x', what: 'x0' };

interface Session {
  /** The patch or prompt being edited. */
  selected: string | null;
  /** Every press on the canvas draws, also one that begins on a box. */
  drawing: boolean;
  /** The job whose picture lies on the canvas. */
  job: string | null;
  show: Show;
  hovered: string | null;
  helpOpen: boolean;
}

/** The state of this tab: neither part of the document nor of the stream. Only the job at hand outlives a reload. */
export const useSession = create<Session>()(
  persist(
    (): Session => ({ selected: null, drawing: false, job: null, show: PICTURE, hovered: null, helpOpen: false }),
    {
      name: 'inlay.session',
      storage: createJSONStorage(() => sessionStorage),
      partialize: ({ job }) => ({ job }),
    },
  ),
);

export const select = (selected: string | null) => useSession.setState({ selected });
export const showJob = (job: string | null) => useSession.setState({ job, show: PICTURE });
