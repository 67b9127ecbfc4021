export type Curve = readonly ({ value: number } | undefined)[];

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

const ROUND = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1_000, 2_000, 5_000];

/** The steps that an axis names: the first, the last, and round ones between, at most `most`. */
export function stepTicks(of: number, most = 7): number[] {
  if (of <= 1) return [1];
  const apart = ROUND.find((one) => of / one <= most - 1) ?? of;
  const between = Array.from({ length: Math.ceil(of / apart) }, (_, at) => at * apart);
  return [1, ...between.filter((one) => one > 1 && one <= of - apart / 2), of];
}

/** Three values of an axis from bottom to top, and their places on the scale. `real` turns a place into a value. */
export function valueTicks([low, high]: [number, number], real: (place: number) => number) {
  return [low, (low + high) / 2, high].map((place) => ({ place, text: Number(real(place).toPrecision(2)).toString() }));
}

/** The value of a curve at a step. */
export const valueAt = (curve: Curve | undefined, step: number): number | undefined => curve?.[step]?.value;
