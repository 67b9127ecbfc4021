import { create } from 'zustand';
import { jobOf } from '../../api/queries';
import { useSession } from '../../session';

/** A job or a saved layout. */
export interface Shareable {
  kind: 'job' | 'layout';
  id: string;
}

/** The job or the layout whose links are shown; null while the dialog is closed. */
export const useSharing = create<{ shared: Shareable | null }>(() => ({ shared: null }));

export const closeSharing = (): void => useSharing.setState({ shared: null });

/** Show the links to a job or a layout. */
export const share = (kind: Shareable['kind'], { id }: { id: string }): void =>
  useSharing.setState({ shared: { kind, id } });

function onCanvas() {
  const { job } = useSession.getState();
  return job === null ? undefined : jobOf(job);
}

export const canShare = (): boolean => onCanvas()?.state === 'succeeded';

export function shareShown(): void {
  const job = onCanvas();
  if (job) share('job', job);
}
