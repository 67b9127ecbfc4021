import { create } from 'zustand';
import { isActive, jobOf } from '../../api/queries';
import type { Draft } from '../../document/draft';
import { edit } from '../../document/store';
import { showJob, useSession } from '../../session';
import { useStream } from '../../stream/store';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';
import { trash } from '../gallery/changes';
import { cancel } from '../jobs/actions';
import { liveOf } from '../jobs/useJob';

/** The picture before a reroll, and the job that has it. */
export interface Before {
  job: string;
  picture: string;
  url: string;
}

/** A redrawn box that the visitor has neither accepted nor discarded yet. */
interface Staged {
  before: Before;
  /** The job that redraws the box. */
  after: string;
  /** The parts of the draft that the reroll has changed, as they were. */
  draft: Pick<Draft, 'start' | 'images' | 'keep'>;
}

interface Staging {
  staged: Staged | null;
  /** The canvas shows the picture before, for as long as a key or a button is held. */
  comparing: boolean;
}

export const useStaged = create<Staging>(() => ({ staged: null, comparing: false }));

export const stage = (staged: Staged): void => useStaged.setState({ staged, comparing: false });

/** The reroll whose new picture is on the canvas; null if there is none. */
export function stagedHere(): Staged | null {
  const { staged } = useStaged.getState();
  return staged !== null && staged.after === useSession.getState().job ? staged : null;
}

/** True once the box of the reroll on the canvas is redrawn. */
export function isDone(): boolean {
  const staged = stagedHere();
  const job = staged && jobOf(staged.after);
  return job ? liveOf(job, useStream.getState().jobs[job.id]).state === 'succeeded' : false;
}

/** Keep the new picture. */
export const accept = (): void => useStaged.setState({ staged: null, comparing: false });

/** Show the old picture again, with the draft's start as it was. The new picture goes to the trash, from which it can be
 * restored; a reroll that still runs is cancelled. */
export function discard(): void {
  const staged = stagedHere();
  if (!staged) return;
  accept();
  edit((draft) => ({ ...draft, ...staged.draft }));
  showJob(staged.before.job, staged.before.picture);
  const job = jobOf(staged.after);
  if (job && isActive(liveOf(job, useStream.getState().jobs[job.id]))) {
    cancel(staged.after);
    toast(words.dock.discardedRun);
  } else trash([staged.after]);
}

/** Show the picture before until the visitor lets go of the key or the button. */
export function compare(): void {
  if (!stagedHere() || useStaged.getState().comparing) return;
  useStaged.setState({ comparing: true });
  const released = new AbortController();
  const release = () => {
    released.abort();
    useStaged.setState({ comparing: false });
  };
  for (const event of ['keyup', 'pointerup', 'pointercancel', 'blur']) {
    window.addEventListener(event, release, { signal: released.signal });
  }
}
