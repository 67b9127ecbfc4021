import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import { jobOf } from '../../api/queries';
import type { Layout } from '../../api/types';
import { useSession } from '../../session';
import { storageOf } from '../../storage';

/** The strip is open or closed, also in later visits. */
export const useStripOpen = create<{ open: boolean }>()(
  persist((): { open: boolean } => ({ open: true }), {
    name: 'inlay.strip',
    storage: createJSONStorage(() => storageOf('localStorage')),
    merge: (saved, now) => {
      const { open } = (saved ?? {}) as { open?: unknown };
      return typeof open === 'boolean' ? { open } : now;
    },
  }),
);

export function toggleStrip(): void {
  useStripOpen.setState(({ open }) => ({ open: !open }));
}

/** True for the layouts whose parts are compared in the strip. */
export const hasStrip = ({ kind }: Layout): boolean => kind === 'scene' || kind === 'illusion';

/** True if the job on the canvas has a strip. */
export function hasStripNow(): boolean {
  const { job: id, view } = useSession.getState();
  const job = id === null ? undefined : jobOf(id);
  return view === 'canvas' && job !== undefined && hasStrip(job.spec.layout);
}
