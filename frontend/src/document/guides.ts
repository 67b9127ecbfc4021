import { DEFAULTS } from '../api/limits';
import type { Box, SentGuide, Upload } from '../api/types';
import { unitsOf } from '../geometry/colour';
import type { Stroke } from '../geometry/strokes';
import { canvasOf, type Draft } from './draft';
import { shownOf, withoutFlags } from './flags';
import { type ColourSketch, GUIDE, type Guide, isEmptyGuide, sentGuide } from './guide';
import { fitFor } from './start';

const PAINT = '#5b8fd6';

export const guidesOf = (draft: Draft): readonly Guide[] => draft.guides[draft.kind] ?? [];
export const guideOf = (draft: Draft, id: string | null): Guide | undefined =>
  guidesOf(draft).find((guide) => guide.id === id);

const withGuides = (draft: Draft, change: (guides: readonly Guide[]) => Guide[]): Draft => ({
  ...draft,
  guides: { ...draft.guides, [draft.kind]: change(guidesOf(draft)) },
});

function freeGuide(draft: Draft): string {
  const taken = guidesOf(draft).map(({ id }) => id);
  let number = 1;
  while (taken.includes(`${GUIDE}${number}`)) number++;
  return `${GUIDE}${number}`;
}

const WHOLE = { box: null, mask: null, active: [0, 1] as number[] };

function made(kind: Guide['kind'], id: string, box: Box): Guide {
  switch (kind) {
    case 'sketch':
      return { kind, id, ...WHOLE, ...DEFAULTS.Sketch, scale: null, picture: null, strokes: [] };
    case 'palette':
      return { kind, id, ...WHOLE, ...DEFAULTS.Palette, scale: null, box, colour: unitsOf(PAINT) };
    case 'keep_close':
      return { kind, id, ...WHOLE, ...DEFAULTS.KeepClose, picture: null };
  }
}

/** Add a guide. A palette begins with this box, the others with the whole picture. */
export function addGuide(draft: Draft, kind: Guide['kind'], box: Box): [Draft, Guide] {
  const added = made(kind, freeGuide(draft), box);
  return [withGuides(draft, (all) => [...all, added]), added];
}

/** The fields of a guide that can change. */
export type GuidePart<One extends Guide = Guide> = Partial<Omit<One, 'kind' | 'id'>>;

/** Change one guide. The fields in `part` are fields of its kind. */
export const changeGuide = <One extends Guide>(draft: Draft, id: string, part: GuidePart<One>): Draft =>
  withGuides(draft, (all) => all.map((guide) => (guide.id === id ? ({ ...guide, ...part } as Guide) : guide)));

export const removeGuide = (draft: Draft, id: string): Draft =>
  withGuides(withoutFlags(draft, id), (all) => all.filter((guide) => guide.id !== id));

/** Take a picture for a sketch or to keep close to. It replaces the strokes of a sketch and its painted shape. The
 * strokes stay over it if they are no longer those of when the picture was sent (`replaced`). */
export function picturedBy(
  draft: Draft,
  id: string,
  picture: Pick<Upload, 'id' | 'width' | 'height'>,
  replaced?: readonly Stroke[],
): Draft {
  const part = { picture: picture.id, fit: fitFor(picture, canvasOf(draft)) };
  const guide = guideOf(draft, id);
  if (guide?.kind !== 'sketch') return changeGuide<ColourSketch>(draft, id, part);
  const strokes = replaced && guide.strokes !== replaced ? guide.strokes : [];
  return changeGuide<ColourSketch>(draft, id, { ...part, strokes, mask: null });
}

/** Paint one more stroke of a sketch. */
export function painted(draft: Draft, id: string, stroke: Stroke): Draft {
  const guide = guideOf(draft, id);
  return guide?.kind === 'sketch'
    ? changeGuide<ColourSketch>(draft, id, { strokes: [...guide.strokes, stroke] })
    : draft;
}

/** Remove the picture and all strokes of a sketch. */
export const cleared = (draft: Draft, id: string): Draft =>
  changeGuide<ColourSketch>(draft, id, { picture: null, strokes: [], box: null, mask: null, fit: 'same' });

/** The guides of the document. */
export const sentGuides = (draft: Draft): SentGuide[] =>
  shownOf(draft, guidesOf(draft)).flatMap((guide) => sentGuide(guide) ?? []);

/** The place of a guide in the document's list; -1 if the document leaves it out. */
export const placeOf = (draft: Draft, id: string): number =>
  shownOf(draft, guidesOf(draft))
    .filter((guide) => !isEmptyGuide(guide))
    .findIndex((guide) => guide.id === id);
