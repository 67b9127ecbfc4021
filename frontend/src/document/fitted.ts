import { type Draft, EMPTY } from './draft';
import { enlarged } from './enlarged';
import { KINDS } from './read/layout';
import { same } from './same';

/** How many times as large as `EMPTY` and the examples a layout is for a model. `native`: the side of the pictures that
 * the model was trained on, in pixels. */
export const timesFor = (native: number): number => Math.max(1, Math.round(native / EMPTY.fittedTo));

const empty = new Map<number, Draft>();

/** The empty draft for a model. `native`: the side of the pictures that the model was trained on, in pixels. It is the
 * same object at each call. */
export function emptyFor(native: number): Draft {
  const known = empty.get(native);
  if (known) return known;
  let draft = EMPTY;
  for (const kind of KINDS) draft = enlarged({ ...draft, kind }, native, timesFor(native));
  draft = { ...draft, kind: EMPTY.kind, fittedTo: native };
  empty.set(native, draft);
  return draft;
}

/** Give the layouts that nobody has touched the size that fits the model. `native`: the side of the pictures that it was
 * trained on, in pixels. Returns the draft itself if it fits already. */
export function fitted(draft: Draft, native: number): Draft {
  if (draft.fittedTo === native) return draft;
  const [before, after] = [emptyFor(draft.fittedTo), emptyFor(native)];
  const changed = KINDS.filter(
    (kind) =>
      draft.start === null && // it lies on the canvas
      !draft.guides[kind]?.length &&
      same(draft[kind], before[kind]),
  );
  return { ...draft, ...Object.fromEntries(changed.map((kind) => [kind, after[kind]])), fittedTo: native };
}
