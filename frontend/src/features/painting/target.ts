import { freePatch, START } from '../../document/boxes';
import type { Draft } from '../../document/draft';
import { isHidden, isLocked } from '../../document/flags';
import { isGuide } from '../../document/guide';
import { guideOf } from '../../document/guides';
import { addPainted, shapeOf, withStroke } from '../../document/painted';
import { edit, useDraft } from '../../document/store';
import { colourOf } from '../../geometry/colour';
import type { Stroke } from '../../geometry/strokes';
import { select, type Tool, type useSession } from '../../session';
import { announce } from '../../ui/announce';
import { words } from '../../words/words';
import { inkOf, useBrush } from './brush';

/** The id that stands for a patch which the first stroke adds. No patch can have it. */
export const NEW = '~new';

const PAINTING: ReadonlySet<Tool> = new Set(['brush', 'eraser', 'lasso']);

/** True for the tools that paint. */
export const isPainting = (tool: Tool): boolean => PAINTING.has(tool);

type Chosen = Pick<ReturnType<typeof useSession.getState>, 'tool' | 'guideTool' | 'selected'>;

/** The id of what a painting tool paints: the colour sketch whose painting was begun, the mask of the chosen patch or of
 * the start, or a new patch. Null if the tool does not paint. */
export function targetOf(draft: Draft, { tool, guideTool, selected }: Chosen): string | null {
  if (tool === 'hand') return null;
  if (guideTool) {
    const guide = guideOf(draft, guideTool.guide);
    return guideTool.does === 'paint' && guide?.kind === 'sketch' ? guide.id : null;
  }
  if (!isPainting(tool)) return null;
  if (selected !== null && shapeOf(draft, selected)) return selected;
  if (draft.kind === 'regions') return NEW;
  return draft.start ? START : null;
}

/** True if the next drag draws the box of a guide. The guide may be gone: its addition was undone. */
export const isPlacing = (draft: Draft, { guideTool }: Pick<Chosen, 'guideTool'>): boolean =>
  guideTool?.does === 'place' && guideOf(draft, guideTool.guide) !== undefined;

/** The colour in which a target is painted on the screen. */
export function colourOfTarget(draft: Draft, target: string, colour: string): string {
  if (isGuide(target)) return colour;
  return colourOf(target === NEW ? freePatch(draft) : target);
}

/** A stroke of the present brush. `inverse`: the eraser adds, and the brush erases. */
export function strokeAlong(points: readonly number[], inverse = false): Stroke {
  const { colour, erasing, size, soft } = useBrush.getState();
  const ink = inkOf({ colour, erasing: erasing !== inverse });
  return { colour: ink, size, ...(soft > 0 && { soft }), points };
}

/** True if nothing can be painted there, which is then said. */
export function refusesPaint(target: string): boolean {
  const { draft } = useDraft.getState();
  const why = isLocked(draft, target) ? words.masks.locked : isHidden(draft, target) ? words.masks.hidden : null;
  if (why !== null) announce(why);
  return why !== null;
}

/** Make a stroke part of the draft, as a step of its own to undo. The first stroke over nothing adds a patch. */
export function paint(target: string, stroke: Stroke, cell: number): void {
  if (target !== NEW) edit((draft) => withStroke(draft, target, stroke));
  else if (stroke.colour === null) announce(words.masks.nothingToErase);
  else {
    const [next, id] = addPainted(useDraft.getState().draft, stroke, cell);
    edit(() => next);
    select(id);
    announce(words.masks.added(id));
  }
}
