import { useMemo } from 'react';
import { isActive, useFrameIndex } from '../../api/queries';
import type { FrameIndex, JobResource, PreviewSide } from '../../api/types';
import { useSession } from '../../session';
import { stepsSeen } from '../../stream/memory';
import { merged, type Series } from '../../stream/series';
import { useLive } from '../jobs/useJob';
import type { Node } from './nodes';

/** The steps of a job, and the one of them that the dock and the canvas show. */
export interface Run {
  /** The step that is shown, from 1 over all images; 0 before the first. */
  step: number;
  /** The last step that is done. */
  newest: number;
  of: number;
  /** The steps of one image. */
  taken: number;
  /** The hand holds a step. Otherwise the newest step or the finished picture is shown. */
  held: boolean;
  active: boolean;
  /** The first step that this job makes itself, because it continues another one. */
  first: number;
  index: FrameIndex | undefined;
}

export function useRun(job: JobResource): Run;
export function useRun(job: JobResource | undefined): Run | undefined;
export function useRun(job: JobResource | undefined): Run | undefined {
  const live = useLive(job);
  const active = live !== undefined && isActive(live);
  const index = useFrameIndex(job, active).data;
  const held = useSession((now) => now.step);
  if (!job || !live) return undefined;
  const { step: newest, of } = live.progress;
  return {
    step: held === null ? newest : Math.min(held, newest),
    newest,
    of,
    taken: index?.taken || of / job.spec.images,
    held: held !== null && held <= newest,
    active,
    first: Math.min(job.first_step + 1, Math.max(of, 1)),
    index,
  };
}

type Place = Pick<Node, 'name' | 'index'>;

const NO_STEPS: readonly number[] = [];

const keptOf = (index: FrameIndex | undefined, node: Place, what: PreviewSide) =>
  index?.nodes.find((one) => one.index === node.index)?.series.find((one) => one.what === what);

/** The frames of one kind of a node of a run. */
export function seriesOf(job: string, { index }: Pick<Run, 'index'>, node: Place, what: PreviewSide): Series {
  const found = keptOf(index, node, what);
  const kept = found?.steps ?? NO_STEPS;
  return {
    job,
    name: node.name,
    node: node.index,
    what,
    version: index?.version ?? 0,
    kept,
    bytes: found?.bytes ?? 0,
    steps: merged(kept, stepsSeen(job, node.index, what)),
  };
}

/** The frames of one kind of a node of a run; null until the node is known. */
export function useSeries(
  job: JobResource | undefined,
  run: Run | undefined,
  node: Place | undefined,
  what: PreviewSide,
): Series | null {
  const [id, newest, index] = [job?.id, run?.newest, run?.index];
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new step may have brought a frame
  return useMemo(
    () => (id !== undefined && node ? seriesOf(id, { index }, node, what) : null),
    [id, index, node, what, newest],
  );
}
