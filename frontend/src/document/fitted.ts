import type { Kind } from '../api/types';
import { type Draft, EMPTY } from './draft';
import { enlarged } from './enlarged';
import { KINDS } from './read/layout';
import { same } from './same';

const DRAWN_FOR = 128; // pixels: the side of a model's pictures for which the empty layouts and the examples are drawn

/** How many times as large as they are drawn the empty layouts and the examples are for a model. `native`: the side of
 * the pictures that the model was trained on, in pixels. */
export const timesFor = (native: number): number => Math.max(1, Math.round(native / DRAWN_FOR));

const empty = new Map<number, Draft>();

/** The empty draft, `times` as large as `EMPTY`. It is the same object at each call. */
function emptyOf(times: number): Draft {
  const known = empty.get(times);
  if (known) return known;
  let draft = EMPTY;
  for (const kind of KINDS) draft = enlarged({ ...draft, kind }, times * DRAWN_FOR, times);
  draft = { ...draft, kind: EMPTY.kind };
  empty.set(times, draft);
  return draft;
}

/** The empty draft for a model. `native`: the side of the pictures that the model was trained on, in pixels. */
export const emptyFor = (native: number): Draft => emptyOf(timesFor(native));

/** True if a layout is as an empty draft has it, for any model. */
function isUntouched(draft: Draft, kind: Exclude<Kind, 'custom'>): boolean {
  const times = draft[kind].canvas.width / EMPTY[kind].canvas.width;
  if (!Number.isInteger(times) || draft.guides[kind]?.length) return false;
  return same(draft[kind], emptyOf(times)[kind]);
}

/** Give the layouts that nobody has touched the size that fits the model. `native`: the side of the pictures that it was
 * trained on, in pixels. Returns the draft itself if there are none. */
export function fitted(draft: Draft, native: number): Draft {
  if (draft.start !== null) return draft; // the start lies on the canvas
  const first = emptyFor(native);
  const changed = KINDS.filter(
    (kind) => kind !== 'custom' && draft[kind].canvas.width !== first[kind].canvas.width && isUntouched(draft, kind),
  );
  if (changed.length === 0) return draft;
  return { ...draft, ...Object.fromEntries(changed.map((kind) => [kind, first[kind]])) };
}
