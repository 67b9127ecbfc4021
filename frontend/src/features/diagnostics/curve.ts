type Curve = readonly ({ value: number } | undefined)[];

/** The vertical scale of a curve: logarithmic for residuals, linear for lambda. */
export type Scale = (value: number) => number;

const FLOOR = 1e-6; // a residual of zero has no logarithm

export const logarithmic: Scale = (value) => Math.log10(Math.max(value, FLOOR));
export const linear: Scale = (value) => value;

/** The range of all values on the scale. It is never empty. */
export function range(curves: readonly Curve[], scale: Scale): [number, number] {
  const values = curves.flatMap((curve) => curve.flatMap((point) => (point ? [scale(point.value)] : [])));
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (values.length === 0) return [0, 1];
  return high - low < 1e-9 ? [low - 0.5, high + 0.5] : [low, high];
}

/** The points of an SVG polyline for a curve: steps from left to right, values upwards. */
export function curvePoints(
  curve: Curve,
  of: number,
  scale: Scale,
  [low, high]: [number, number],
  { width, height }: { width: number; height: number },
): string {
  return curve
    .flatMap((point, step) => {
      if (!point) return [];
      const x = of > 1 ? ((step - 1) / (of - 1)) * width : 0;
      const y = height - ((scale(point.value) - low) / (high - low)) * height;
      return [`${x.toFixed(1)},${y.toFixed(1)}`];
    })
    .join(' ');
}

/** True if any lambda differs from 1. */
export const moves = (curves: readonly Curve[]): boolean =>
  curves.some((curve) => curve.some((point) => point !== undefined && point.value !== 1));
