import { useDraft } from '../../document/store';
import { useSession } from '../../session';
import { inkOf, useBrush } from '../painting/brush';
import { colourOfTarget } from '../painting/target';
import { useDrag } from './drag';
import { Circle } from './konva';
import { LassoLine } from './LassoLine';
import type { Palette } from './palette';

interface BrushTipProps {
  /** The id of what is painted. */
  target: string;
  inside: boolean;
  palette: Palette;
  scale: number;
}

const POINT = 4; // screen pixels, of the lasso that keys move

/** The outline of the brush, where the pointer or the keys have moved it, or the line of the lasso. */
export function BrushTip({ target, inside, palette, scale }: BrushTipProps) {
  const { colour, size, erasing, at } = useBrush();
  const shown = useDraft(({ draft }) => colourOfTarget(draft, target, colour));
  const lasso = useSession((now) => now.tool === 'lasso');
  const pointer = useDrag((now) => now.pointer);
  const place = at ?? (inside && !lasso ? pointer : null);
  const radius = lasso ? POINT / scale : Math.max(size / 2, 2 / scale);
  const ring = { ...place, radius, strokeScaleEnabled: false };
  const ink = inkOf({ colour: shown, erasing });
  return (
    <>
      {lasso && <LassoLine scale={scale} palette={palette} removes={erasing} />}
      {place && <Circle {...ring} stroke={palette.halo} strokeWidth={4} opacity={0.8} />}
      {place && (
        <Circle {...ring} stroke={palette.ink} strokeWidth={1.5} {...(ink ? { fill: `${ink}55` } : { dash: [3, 3] })} />
      )}
    </>
  );
}
