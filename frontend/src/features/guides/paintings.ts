import { fetchBlob, upload, uploadUrl } from '../../api/client';
import { queries } from '../../api/queries';
import type { Canvas } from '../../api/types';
import { canvasOf, type Draft } from '../../document/draft';
import { shownOf } from '../../document/flags';
import type { ColourSketch, Guide } from '../../document/guide';
import { changeGuide, guidesOf } from '../../document/guides';
import { pngsOf, rastered } from './raster';

/** The uploads that show what is painted; null if everything is erased. */
interface Painting {
  picture: string;
  mask: string | null;
}

async function bitmapOf(id: string): Promise<ImageBitmap> {
  const url = uploadUrl(id);
  return createImageBitmap(await queries.fetchQuery({ queryKey: ['picture', url], queryFn: () => fetchBlob(url) }));
}

/** Upload a painted sketch. The same picture sent again has the same id. */
async function send({ picture, mask, fit, box, strokes }: ColourSketch, canvas: Canvas): Promise<Painting | null> {
  const base = picture === null ? null : await bitmapOf(picture);
  const shape = mask == null ? null : await bitmapOf(mask);
  const laid = base && { picture: base, fit, box: box ?? null, mask: shape };
  const pngs = await pngsOf(rastered(laid, strokes, canvas));
  if (!pngs) return null;
  const [kept, keptMask] = await Promise.all([upload(pngs.picture, 'picture'), pngs.mask && upload(pngs.mask, 'mask')]);
  return { picture: kept.id, mask: keptMask?.id ?? null };
}

/** The query for the uploads of a painted sketch. */
export const paintingOf = (sketch: ColourSketch, canvas: Canvas) => {
  const { picture, mask, fit, box, strokes } = sketch;
  return {
    queryKey: ['painting', canvas.width, canvas.height, picture, mask, fit, box, strokes],
    queryFn: () => send(sketch, canvas),
    staleTime: Number.POSITIVE_INFINITY,
  };
};

const isPainted = (guide: Guide): guide is ColourSketch => guide.kind === 'sketch' && guide.strokes.length > 0;
export const paintedIn = (draft: Draft): ColourSketch[] => shownOf(draft, guidesOf(draft)).filter(isPainted);

/** The draft with uploads in place of the strokes of a sketch. */
const withPainting = (draft: Draft, id: string, painting: Painting | null): Draft =>
  changeGuide<ColourSketch>(draft, id, {
    ...(painting ?? { picture: null, mask: null }),
    strokes: [],
    box: null,
    fit: 'same',
  });

/** The draft with uploads in place of strokes, as far as they are known: the last uploads of a sketch stand for newer
 * strokes. */
export const withKnown = (draft: Draft, known: ReadonlyMap<string, Painting | null>): Draft =>
  paintedIn(draft).reduce((now, { id }) => withPainting(now, id, known.get(id) ?? null), draft);

/** Upload what is painted. Returns the draft with uploads in place of strokes. Throws an `ApiProblem`. */
export async function uploaded(draft: Draft): Promise<Draft> {
  const canvas = canvasOf(draft);
  let now = draft;
  for (const sketch of paintedIn(draft)) {
    now = withPainting(now, sketch.id, await queries.fetchQuery(paintingOf(sketch, canvas)));
  }
  return now;
}
