import { create } from 'zustand';
import { jobOf } from '../../api/queries';
import type { Layout, Output } from '../../api/types';
import { useSession } from '../../session';
import { useStream } from '../../stream/store';
import { liveOf } from '../jobs/useJob';
import { goesAround } from './band';

/** The picture that the 360° viewer shows; null while it is closed. */
export const useAround = create<{ shown: Output | null }>(() => ({ shown: null }));

/** Look around inside a picture. */
export const lookAround = (shown: Output): void => useAround.setState({ shown });

export const closeAround = (): void => useAround.setState({ shown: null });

/** The picture of a job on the canvas, if it goes around. */
function aroundOf(layout: Layout, outputs: readonly Output[], chosen: string | null): Output | undefined {
  const output = outputs.find(({ name }) => name === chosen) ?? outputs[0];
  return output && goesAround(layout, output) ? output : undefined;
}

function onCanvas(): Output | undefined {
  const { job: id, picture } = useSession.getState();
  const job = id === null ? undefined : jobOf(id);
  if (!job) return undefined;
  return aroundOf(job.spec.layout, liveOf(job, useStream.getState().jobs[job.id]).outputs, picture);
}

export const canLookAround = (): boolean => onCanvas() !== undefined;

export function lookAroundOnCanvas(): void {
  const output = onCanvas();
  if (output) lookAround(output);
}
