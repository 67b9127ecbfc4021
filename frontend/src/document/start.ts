import { DEFAULTS } from '../api/limits';
import type { Box, Canvas, Start, Upload } from '../api/types';
import { canvasOf, type Draft, type DraftStart } from './draft';
import { isPainted, type Shape } from './shape';

const { strength: STRENGTH, feather: FEATHER } = DEFAULTS.Start;

type Size = Pick<Canvas, 'width' | 'height'>;
/** The part of a picture that is redrawn. */
export type Part = { box: Box } | { mask: string };

/** The fields of a start that redraws the whole picture. */
const WHOLE = { box: null, mask: null, strokes: undefined, keep: 'outside', seed: null } as const;

/** True if a part of the picture is kept. */
export const keeps = (start: Shape): boolean => start.box != null || start.mask != null || isPainted(start);

/** The fit of a picture: `same` if it has the shape of the canvas, else `crop`. */
export function fitFor(picture: Size, canvas: Size): Start['fit'] {
  const ratio = (picture.width * canvas.height) / (picture.height * canvas.width);
  return Math.abs(ratio - 1) <= 0.01 ? 'same' : 'crop'; // the tolerance is the server's
}

/** Start from another picture, with the same part to redraw. */
export function startedFrom(draft: Draft, { id, width, height }: Pick<Upload, 'id' | 'width' | 'height'>): Draft {
  const fit = fitFor({ width, height }, canvasOf(draft));
  const last = draft.start ?? { ...WHOLE, strength: STRENGTH, feather: FEATHER };
  return { ...draft, start: { ...last, picture: id, fit } };
}

/** Start from a picture and redraw all of it. */
export const startedAnew = (draft: Draft, picture: Pick<Upload, 'id' | 'width' | 'height'>): Draft =>
  startedFrom({ ...draft, start: null }, picture);

export const changeStart = (draft: Draft, part: Partial<DraftStart>): Draft =>
  draft.start ? { ...draft, start: { ...draft.start, ...part } } : draft;

/** Redraw another part of the picture (null: all of it), or with `keep` "inside" all but that part. */
export function redrawPart(draft: Draft, part: Part | null, keep: Start['keep'] = 'outside'): Draft {
  return changeStart(draft, part ? { box: null, mask: null, strokes: undefined, ...part, keep } : WHOLE);
}

/** Redraw what a mask says. A new mask says what was redrawn before, until it is painted or uploaded. */
export function redrawMask(draft: Draft, keep: Start['keep']): Draft {
  const { mask, strokes } = draft.start ?? {};
  return changeStart(draft, mask == null ? { keep, strokes: strokes ?? [] } : { keep });
}

/** Keep a picture of the canvas's size and redraw one part of it with a seed of its own. The draft then makes one
 * image, because each of several images would need its own seed. */
export function rerolled(draft: Draft, picture: string, part: Part, seed: number): Draft {
  const narrow = 'box' in part ? Math.floor(Math.min(part.box.width, part.box.height) / 4) : FEATHER;
  const feather = Math.min(FEATHER, narrow);
  return {
    ...draft,
    images: 1,
    keep: null,
    start: { ...WHOLE, picture, strength: 1, fit: 'same', ...part, feather, seed },
  };
}
