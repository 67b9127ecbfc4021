import { type CanvasHTMLAttributes, useEffect, useRef } from 'react';

/** A decoded picture, drawn once. The caller keeps the bitmap open until then. */
export function Bitmap({ bitmap, ...rest }: { bitmap: ImageBitmap } & CanvasHTMLAttributes<HTMLCanvasElement>) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    if (!element || bitmap.width === 0) return; // a newer picture has closed it
    element.width = bitmap.width;
    element.height = bitmap.height;
    element.getContext('2d')?.drawImage(bitmap, 0, 0);
  }, [bitmap]);
  return <canvas ref={canvas} {...rest} />;
}
