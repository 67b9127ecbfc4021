import type { Stroke } from '../geometry/strokes';
import { addPatch, changePatch, START } from './boxes';
import type { Draft } from './draft';
import { shownOf } from './flags';
import { isGuide } from './guide';
import { painted } from './guides';
import { isPainted, type Shape } from './shape';
import { changeStart } from './start';

/** The shape of a patch or of the start; nothing if there is no such part in the layout. */
export function shapeOf({ kind, regions, start }: Draft, id: string): Shape | undefined {
  if (id === START) return start ?? undefined;
  return kind === 'regions' ? regions.patches.find((patch) => patch.id === id) : undefined;
}

const withShape = (draft: Draft, id: string, shape: Shape): Draft =>
  id === START ? changeStart(draft, shape) : changePatch(draft, id, shape);

/** Paint one more stroke: of a colour sketch, or of the mask of a patch or of the start. The first stroke over the box of
 * a patch ends its feather, which would fade the mask towards its frame: a mask counts as it is painted. */
export function withStroke(draft: Draft, id: string, stroke: Stroke): Draft {
  if (isGuide(id)) return painted(draft, id, stroke);
  const { box, strokes = [] } = shapeOf(draft, id) ?? {};
  const next = withShape(draft, id, { strokes: [...strokes, stroke] });
  return id !== START && box && strokes.length === 0 ? changePatch(next, id, { feather: 0 }) : next;
}

/** Add a patch whose mask is a stroke. Returns its id, too. */
export function addPainted(draft: Draft, stroke: Stroke, cell: number): [Draft, string] {
  const [added, { id }] = addPatch(draft, null, cell);
  return [changePatch(added, id, { box: null, feather: 0, strokes: [stroke] }), id];
}

/** Put the upload of a mask in the place of a shape. */
export const withMask = (draft: Draft, id: string, mask: string): Draft =>
  withShape(draft, id, { box: null, mask, strokes: undefined });

/** Take the upload of a mask in the place of a shape. It replaces the strokes if they are still those of when it was sent
 * (`replaced`). Otherwise all strokes stay over it. */
export function withUploadedMask(draft: Draft, id: string, mask: string, replaced: Shape['strokes']): Draft {
  const strokes = shapeOf(draft, id)?.strokes;
  return withShape(draft, id, { box: null, mask, strokes: strokes === replaced ? undefined : strokes });
}

/** A painted shape, and the patch or the start that has it. */
export type PaintedShape = Shape & { id: string };

/** The painted shapes of the job. */
export function paintedShapes(draft: Draft): PaintedShape[] {
  const { kind, start, regions } = draft;
  const patches = kind === 'regions' ? shownOf(draft, regions.patches) : [];
  return [...(start ? [{ ...start, id: START }] : []), ...patches].filter(isPainted);
}
