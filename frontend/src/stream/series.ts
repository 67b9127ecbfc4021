import type { PreviewSide } from '../api/types';

/** The frames of one kind of a node, as the server keeps them or as this tab has seen them. */
export interface Series {
  job: string;
  /** The node's name, and its index in the header of a frame. */
  name: string;
  node: number;
  what: PreviewSide;
  /** The `version` of the index of the job's frames. */
  version: number;
  /** The steps that the server keeps, in order, and the bytes of their frames together. */
  kept: readonly number[];
  bytes: number;
  /** The steps that can be shown, in order: those that are kept, and those that this tab has seen. */
  steps: readonly number[];
}

/** The step of the frame that shows a step: its own, or else the last one before it. Undefined if there is none. */
export const frameAt = (steps: readonly number[], step: number): number | undefined =>
  steps.findLast((one) => one <= step);

/** All steps of both lists, in order, each once. */
export const merged = (one: readonly number[], other: readonly number[]): number[] =>
  [...new Set([...one, ...other])].sort((first, second) => first - second);

const AT_ONCE = 4 * 2 ** 20; // bytes of one request, unless a single frame has more

/** The range of steps to fetch for one step: it, and neighbours that are not held, up to about 4 MiB. Null if the step is
 * held, or is not kept. */
export function missing(
  { kept, bytes }: Pick<Series, 'kept' | 'bytes'>,
  holds: (step: number) => boolean,
  step: number,
): [first: number, last: number] | null {
  const at = kept.indexOf(step);
  if (at < 0 || holds(step)) return null;
  const most = Math.max(1, Math.floor((AT_ONCE * kept.length) / Math.max(bytes, 1)));
  const free = (index: number) => {
    const one = kept[index];
    return one !== undefined && !holds(one);
  };
  let [first, last] = [at, at];
  while (last - first + 1 < most && (free(last + 1) || free(first - 1))) {
    if (free(last + 1)) last++;
    if (last - first + 1 < most && free(first - 1)) first--;
  }
  return [kept[first] ?? step, kept[last] ?? step];
}
