import { fetchBlob, upload, uploadUrl } from '../../api/client';
import { queries } from '../../api/queries';
import type { Canvas } from '../../api/types';
import { canvasOf, type Draft } from '../../document/draft';
import { shownOf } from '../../document/flags';
import type { ColourSketch, Guide } from '../../document/guide';
import { changeGuide, guidesOf } from '../../document/guides';
import { type PaintedShape, paintedShapes, withMask } from '../../document/painted';
import { maskPng, pngsOf, rastered, rasteredMask } from './raster';

/** The uploads that show what is painted. `picture` is null for a mask alone. */
interface Painting {
  picture: string | null;
  mask: string | null;
}

/** The parts of a draft that are painted: colour sketches, and masks. */
type Painted = ColourSketch | PaintedShape;

const FRESH = 6 * 3_600_000; // milliseconds: the server deletes uploads that no job names after a day

async function bitmapOf(id: string): Promise<ImageBitmap> {
  const url = uploadUrl(id);
  return createImageBitmap(await queries.fetchQuery({ queryKey: ['picture', url], queryFn: () => fetchBlob(url) }));
}

/** Draw with uploads (null for those that there are not), and free their memory. */
async function withBitmaps<Drawn>(
  ids: readonly (string | null | undefined)[],
  draw: (bitmaps: readonly (ImageBitmap | null)[]) => Promise<Drawn>,
): Promise<Drawn> {
  const bitmaps: (ImageBitmap | null)[] = [];
  try {
    for (const id of ids) bitmaps.push(id == null ? null : await bitmapOf(id));
    return await draw(bitmaps);
  } finally {
    for (const bitmap of bitmaps) bitmap?.close();
  }
}

/** Upload a painted sketch; null if all of it is erased. The same picture sent again has the same id. */
async function sendSketch(sketch: ColourSketch, canvas: Canvas): Promise<Painting | null> {
  const { picture, mask, fit, box, strokes } = sketch;
  const pngs = await withBitmaps([picture, mask], ([base, shape = null]) => {
    const laid = base ? { picture: base, fit, box: box ?? null, mask: shape } : null;
    return pngsOf(rastered(laid, strokes, canvas));
  });
  if (!pngs) return null;
  const [kept, keptMask] = await Promise.all([upload(pngs.picture, 'picture'), pngs.mask && upload(pngs.mask, 'mask')]);
  return { picture: kept.id, mask: keptMask?.id ?? null };
}

/** Upload a painted mask. The server refuses a job with a mask that is black everywhere, and says where. */
async function sendMask({ box = null, mask, strokes = [] }: PaintedShape, canvas: Canvas): Promise<Painting> {
  const png = await withBitmaps([mask], ([shape = null]) =>
    maskPng(rasteredMask({ box, mask: shape }, strokes, canvas)),
  );
  return { picture: null, mask: (await upload(png, 'mask')).id };
}

const isSketch = (painted: Guide | Painted): painted is ColourSketch => 'kind' in painted && painted.kind === 'sketch';

/** The query for the uploads of what is painted. */
export const paintingOf = (painted: Painted, { width, height, wrap }: Canvas) => {
  const { box, mask, strokes } = painted;
  const ground = isSketch(painted) ? [painted.picture, painted.fit] : [];
  const canvas = { width, height, wrap };
  return {
    queryKey: ['painting', width, height, box, mask, strokes, ...ground],
    queryFn: () => (isSketch(painted) ? sendSketch(painted, canvas) : sendMask(painted, canvas)),
    staleTime: FRESH,
  };
};

/** All that is painted in the job of a draft. */
export const paintedIn = (draft: Draft): Painted[] => [
  ...shownOf(draft, guidesOf(draft))
    .filter(isSketch)
    .filter(({ strokes }) => strokes.length > 0),
  ...paintedShapes(draft),
];

/** The draft with uploads in place of strokes. `undefined`: they are not known yet. */
function withPainting(draft: Draft, painted: Painted, painting: Painting | null | undefined): Draft {
  if (!isSketch(painted)) return painting?.mask ? withMask(draft, painted.id, painting.mask) : draft;
  return changeGuide<ColourSketch>(draft, painted.id, {
    ...(painting ?? { picture: null, mask: null }),
    strokes: [],
    box: null,
    fit: 'same',
  });
}

/** The draft with uploads in place of strokes, as far as they are known: the last uploads stand for newer strokes. */
export const withKnown = (draft: Draft, known: ReadonlyMap<string, Painting | null>): Draft =>
  paintedIn(draft).reduce((now, painted) => withPainting(now, painted, known.get(painted.id)), draft);

/** Upload what is painted. Returns the draft with uploads in place of strokes. Throws an `ApiProblem`. */
export async function uploaded(draft: Draft): Promise<Draft> {
  const canvas = canvasOf(draft);
  let now = draft;
  for (const painted of paintedIn(draft)) {
    now = withPainting(now, painted, await queries.fetchQuery(paintingOf(painted, canvas)));
  }
  return now;
}
