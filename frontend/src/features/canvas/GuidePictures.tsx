import { useMemo } from 'react';
import { uploadUrl } from '../../api/client';
import { usePicture } from '../../api/queries';
import type { Canvas } from '../../api/types';
import type { ColourSketch, Guide, KeptPicture } from '../../document/guide';
import { laidOver } from '../../geometry/fit';
import { rastered, shownSize, withStrokeOver } from '../painting/raster';
import { useDrag } from './drag';
import { Group, Image } from './konva';
import { useBitmap } from './usePainting';

const FAINT = 0.5;
const PAINTED = 0.85; // while it is painted, so that its colours can be judged

const useUpload = (id: string | null | undefined) => useBitmap(usePicture(id ? uploadUrl(id) : undefined).data);

interface SketchPictureProps {
  sketch: ColourSketch;
  canvas: Canvas;
  painting: boolean;
}

/** A sketch, with the stroke that is being painted. */
function SketchPicture({ sketch, canvas, painting }: SketchPictureProps) {
  const stroke = useDrag((now) => (painting ? now.stroke : null));
  const { fit, box, strokes } = sketch;
  const picture = useUpload(sketch.picture);
  const mask = useUpload(sketch.mask);
  const waits = sketch.mask != null && !mask;
  const settled = useMemo(() => {
    const base = picture && !waits ? { picture, fit, box: box ?? null, mask } : null;
    return rastered(base, strokes, canvas, shownSize(canvas));
  }, [picture, waits, fit, box, mask, strokes, canvas]);
  const image = useMemo(() => (stroke ? withStrokeOver(settled, stroke, canvas) : settled), [settled, stroke, canvas]);
  const { width, height } = canvas;
  const place = { width, height, opacity: painting ? PAINTED : FAINT, listening: false };
  return <Image image={image as unknown as HTMLCanvasElement} {...place} />;
}

/** The picture to keep close to, in the part where it counts. */
function KeptImage({ guide, canvas }: { guide: KeptPicture; canvas: Canvas }) {
  const image = useUpload(guide.picture);
  const { x, y, width, height } = guide.box ?? { x: 0, y: 0, width: canvas.width, height: canvas.height };
  if (!image) return null;
  return (
    <Group listening={false} clip={{ x, y, width, height }}>
      <Image image={image} opacity={FAINT} {...laidOver(canvas, image, guide.fit)} />
    </Group>
  );
}

interface GuidePicturesProps {
  guides: readonly Guide[];
  canvas: Canvas;
  /** The id of what is being painted. */
  painting: string | null;
}

/** The pictures of the guides, faint, below the frames. */
export function GuidePictures({ guides, canvas, painting }: GuidePicturesProps) {
  return guides.map((guide) => {
    if (guide.kind === 'palette') return null;
    if (guide.kind === 'keep_close') return <KeptImage key={guide.id} guide={guide} canvas={canvas} />;
    return <SketchPicture key={guide.id} sketch={guide} canvas={canvas} painting={guide.id === painting} />;
  });
}
