import { useDrag } from './drag';
import { Circle, Line } from './konva';
import { ACCENT, type Palette } from './palette';

const CORNER = 5; // screen pixels

/** The line of the lasso: around the area that it adds, or dashed around the area that it removes. */
export function LassoLine({ scale, palette, removes }: { scale: number; palette: Palette; removes: boolean }) {
  const outline = useDrag((now) => now.outline);
  const pointer = useDrag((now) => now.pointer);
  if (!outline) return null;
  const points = [...outline.points, ...(pointer ? [pointer.x, pointer.y] : [])];
  const line = { points, closed: true, strokeScaleEnabled: false };
  const [x = 0, y = 0] = outline.points;
  return (
    <>
      <Line {...line} stroke={palette.halo} strokeWidth={3} />
      <Line
        {...line}
        fill={`${ACCENT}26`}
        stroke={ACCENT}
        strokeWidth={1.5}
        {...(removes !== outline.inverse ? { dash: [4, 4] } : {})}
      />
      <Circle
        x={x}
        y={y}
        radius={CORNER / scale}
        fill={palette.halo}
        stroke={ACCENT}
        strokeWidth={1.5}
        strokeScaleEnabled={false}
      />
    </>
  );
}
