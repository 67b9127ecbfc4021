import { uploadUrl } from '../../api/client';
import { usePicture } from '../../api/queries';
import type { Canvas, Start } from '../../api/types';
import { laidOver } from '../../geometry/fit';
import { Group, Image } from './konva';
import { useBitmap } from './usePainting';

const FAINT = 0.6;

/** The start picture of the draft, faint, until a job's picture replaces it. */
export function StartPicture({ start, canvas }: { start: Start; canvas: Canvas }) {
  const image = useBitmap(usePicture(uploadUrl(start.picture)).data);
  if (!image) return null;
  return (
    <Group listening={false} clip={{ x: 0, y: 0, width: canvas.width, height: canvas.height }}>
      <Image image={image} opacity={FAINT} {...laidOver(canvas, image, start.fit)} />
    </Group>
  );
}
