import { useMemo } from 'react';
import { uploadUrl } from '../../api/client';
import { usePicture } from '../../api/queries';
import type { Shape } from '../../document/shape';
import { useCanvas } from '../../document/store';
import { rasteredMask, shownSize, tinted, withStrokeOver } from '../painting/raster';
import { useDrag } from './drag';
import { Image } from './konva';
import { useStage } from './stage';
import { useBitmap } from './usePainting';

interface PaintedShapeProps {
  /** The id of the patch or the start that has the shape. */
  id: string;
  shape: Shape;
  colour: string;
  opacity: number;
  /** The position of the canvas relative to this shape. */
  x?: number;
  y?: number;
}

/** The shape of a mask in one colour, on the canvas that it was drawn for, with the stroke that is being painted. */
export function PaintedShape({ id, shape, colour, opacity, x = 0, y = 0 }: PaintedShapeProps) {
  const { box = null, mask, strokes } = shape;
  const canvas = useCanvas();
  const painting = useStage((now) => now.paints === id);
  const stroke = useDrag((now) => (painting ? now.stroke : null));
  const ground = useBitmap(usePicture(mask ? uploadUrl(mask) : undefined).data);
  const settled = useMemo(
    () => rasteredMask({ box, mask: ground }, strokes ?? [], canvas, shownSize(canvas)),
    [box, ground, strokes, canvas],
  );
  const image = useMemo(
    () => tinted(stroke ? withStrokeOver(settled, stroke, canvas) : settled, colour),
    [settled, stroke, canvas, colour],
  );
  const { width, height } = canvas;
  const place = { x, y, width, height, opacity, listening: false };
  return <Image image={image as unknown as HTMLCanvasElement} {...place} />;
}
