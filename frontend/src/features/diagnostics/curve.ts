type Curve = readonly ({ value: number } | undefined)[];

const FLOOR = 1e-6; // a residual of zero has no logarithm

const log = (value: number) => Math.log10(Math.max(value, FLOOR));

/** The lowest and highest logarithm among all values; never an empty range. */
export function range(curves: readonly Curve[]): [number, number] {
  const values = curves.flatMap((curve) => curve.flatMap((point) => (point ? [log(point.value)] : [])));
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (values.length === 0) return [0, 1];
  return high - low < 1e-9 ? [low - 0.5, high + 0.5] : [low, high];
}

/** A curve as the points of an SVG polyline: steps from left to right, logarithm upwards. */
export function curvePoints(
  curve: Curve,
  of: number,
  [low, high]: [number, number],
  { width, height }: { width: number; height: number },
): string {
  return curve
    .flatMap((point, step) => {
      if (!point) return [];
      const x = of > 1 ? ((step - 1) / (of - 1)) * width : 0;
      const y = height - ((log(point.value) - low) / (high - low)) * height;
      return [`${x.toFixed(1)},${y.toFixed(1)}`];
    })
    .join(' ');
}
