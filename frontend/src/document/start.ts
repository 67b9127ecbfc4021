import { DEFAULTS } from '../api/limits';
import type { Box, Canvas, Start, Upload } from '../api/types';
import { canvasOf, type Draft } from './draft';

const { strength: STRENGTH, feather: FEATHER } = DEFAULTS.Start;

type Size = Pick<Canvas, 'width' | 'height'>;
/** What is redrawn of a picture, where it is not all of it. */
export type Part = { box: Box } | { mask: string };

/** All of the picture is redrawn, and nothing of the start says otherwise. */
const WHOLE = { box: null, mask: null, keep: 'outside', seed: null } as const;

/** Whether some of the picture stays as it is. */
export const keeps = ({ box, mask }: Start): boolean => box != null || mask != null;

/** How a picture comes to the canvas: as it is where it has its shape, else cut. */
function fitFor(picture: Size, canvas: Size): Start['fit'] {
  const ratio = (picture.width * canvas.height) / (picture.height * canvas.width);
  return Math.abs(ratio - 1) <= 0.01 ? 'same' : 'crop'; // the tolerance is the server's
}

/** The draft that starts from another picture, and redraws as much of it as of the last one. */
export function startedFrom(draft: Draft, { id, width, height }: Pick<Upload, 'id' | 'width' | 'height'>): Draft {
  const fit = fitFor({ width, height }, canvasOf(draft));
  const last = draft.start ?? { ...WHOLE, strength: STRENGTH, feather: FEATHER };
  return { ...draft, start: { ...last, picture: id, fit } };
}

/** The draft that starts from a picture and redraws all of it. */
export const startedAnew = (draft: Draft, picture: Pick<Upload, 'id' | 'width' | 'height'>): Draft =>
  startedFrom({ ...draft, start: null }, picture);

export const changeStart = (draft: Draft, part: Partial<Start>): Draft =>
  draft.start ? { ...draft, start: { ...draft.start, ...part } } : draft;

/** Redraw another part of the picture (null: all of it), or with `keep` "inside" all but that part. */
export function redrawPart(draft: Draft, part: Part | null, keep: Start['keep'] = 'outside'): Draft {
  return changeStart(draft, part ? { box: null, mask: null, ...part, keep } : WHOLE);
}

/** The draft that keeps a picture of the canvas's size and makes one part of it anew, from a seed of its own. Each of
 * several images would have a seed of its own, so it is one. */
export function rerolled(draft: Draft, picture: string, part: Part, seed: number): Draft {
  const narrow = 'box' in part ? Math.floor(Math.min(part.box.width, part.box.height) / 4) : FEATHER;
  const feather = Math.min(FEATHER, narrow);
  return {
    ...draft,
    images: 1,
    start: { ...WHOLE, picture, strength: 1, fit: 'same', ...part, feather, seed },
  };
}
