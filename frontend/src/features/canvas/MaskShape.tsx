import { useEffect, useState } from 'react';
import { Image } from 'react-konva';
import { uploadUrl } from '../../api/client';
import { usePicture } from '../../api/queries';

/** A grey picture as a shape in one colour. White is opaque. */
async function tinted(grey: Blob, colour: string): Promise<OffscreenCanvas | null> {
  const bitmap = await createImageBitmap(grey);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d');
  if (!context) return null;
  context.drawImage(bitmap, 0, 0);
  const shape = context.getImageData(0, 0, bitmap.width, bitmap.height);
  for (let at = 0; at < shape.data.length; at += 4) shape.data[at + 3] = shape.data[at] ?? 0;
  context.putImageData(shape, 0, 0);
  context.globalCompositeOperation = 'source-in';
  context.fillStyle = colour;
  context.fillRect(0, 0, bitmap.width, bitmap.height);
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
