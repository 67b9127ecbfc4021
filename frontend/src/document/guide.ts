import type { SentGuide, SentGuideOf } from '../api/types';
import { hexOf } from '../geometry/colour';
import type { Stroke } from '../geometry/strokes';
import { words } from '../words/words';

/** What the studio adds to a guide of the document. */
interface Own {
  id: string;
}

/** A colour sketch: a picture (null: none), and the strokes that are painted over it. */
export type ColourSketch = Omit<SentGuideOf<'sketch'>, 'picture'> & Own & { picture: string | null; strokes: Stroke[] };
export type PaletteColour = SentGuideOf<'palette'> & Own;
/** A picture to stay close to; null until one is chosen. */
export type KeptPicture = Omit<SentGuideOf<'keep_close'>, 'picture'> & Own & { picture: string | null };
export type Guide = ColourSketch | PaletteColour | KeptPicture;

export const GUIDE = '~g'; // how the ids of guides begin; no patch can have an id with a tilde
export const isGuide = (id: string): boolean => id.startsWith(GUIDE);

/** The name of a guide in lists and on the canvas. */
export const nameOfGuide = (guide: Guide | SentGuide): string =>
  guide.kind === 'palette' ? words.guides.paletteOf(hexOf(guide.colour)) : words.guides.kinds[guide.kind].name;

/** The guide as the document has it; null while it has no picture yet. A stroke counts once it is part of a picture. */
export function sentGuide(guide: Guide): SentGuide | null {
  const { id: _, ...one } = guide;
  if (one.kind === 'palette') return one;
  if (one.picture === null) return null;
  const { picture } = one;
  if (one.kind === 'keep_close') return { ...one, picture };
  const { strokes: __, ...sketch } = one;
  return { ...sketch, picture };
}

/** True if the document leaves the guide out, because it shows nothing yet. */
export const isEmptyGuide = (guide: Guide): boolean =>
  guide.kind !== 'palette' && guide.picture === null && (guide.kind === 'keep_close' || guide.strokes.length === 0);

/** The id of a document's guide, by its place in the list. */
export const guideId = (index: number): string => `${GUIDE}${index + 1}`;

/** The guides that edit those of a document. */
export const editingGuides = (sent: readonly SentGuide[]): Guide[] =>
  sent.map((one, index) => {
    const id = guideId(index);
    return one.kind === 'sketch' ? { ...one, id, strokes: [] } : { ...one, id };
  });
