import { useEffect, useState } from 'react';
import { uploadUrl } from '../../api/client';
import { usePicture } from '../../api/queries';
import { contextOf, greyAsAlpha } from '../pictures/alpha';
import { Image } from './konva';

/** A grey picture as a shape in one colour. White is opaque. */
async function tinted(grey: Blob, colour: string): Promise<OffscreenCanvas> {
  const canvas = greyAsAlpha(await createImageBitmap(grey));
  const context = contextOf(canvas);
  context.globalCompositeOperation = 'source-in';
  context.fillStyle = colour;
  context.fillRect(0, 0, canvas.width, canvas.height);
  return canvas;
}

interface MaskShapeProps {
  mask: string;
  colour: string;
  opacity: number;
  /** The position of the canvas relative to this shape. */
  x: number;
  y: number;
}

/** The shape of a mask, on the canvas that it was drawn for. */
export function MaskShape({ mask, colour, opacity, x, y }: MaskShapeProps) {
  const { data } = usePicture(uploadUrl(mask));
  const [shape, setShape] = useState<OffscreenCanvas | null>(null);
  useEffect(() => {
    let current = true;
    if (data) {
      tinted(data, colour)
        .then((made) => current && setShape(made))
        .catch(() => undefined);
    }
    return () => {
      current = false;
    };
  }, [data, colour]);
  return (
    shape && <Image image={shape as unknown as HTMLCanvasElement} opacity={opacity} x={x} y={y} listening={false} />
  );
}
