import { inkOf, useBrush } from '../guides/brush';
import { useDrag } from './drag';
import { Circle } from './konva';
import type { Palette } from './palette';

/** The outline of the brush, where the pointer or the keys have moved it. */
export function BrushTip({ inside, palette, scale }: { inside: boolean; palette: Palette; scale: number }) {
  const { colour, size, erasing, at } = useBrush();
  const pointer = useDrag((now) => now.pointer);
  const place = at ?? (inside ? pointer : null);
  if (!place) return null;
  const radius = Math.max(size / 2, 2 / scale);
  const ring = { ...place, radius, strokeScaleEnabled: false };
  return (
    <>
      <Circle {...ring} stroke={palette.halo} strokeWidth={4} opacity={0.8} />
      <Circle
        {...ring}
        stroke={palette.ink}
        strokeWidth={1.5}
        fill={`${inkOf({ colour, erasing }) ?? '#000000'}${erasing ? '00' : '55'}`}
        {...(erasing ? { dash: [3, 3] } : {})}
      />
    </>
  );
}
