import { type PointerEvent, useState } from 'react';
import { select, useSession } from '../../session';
import { words } from '../../words/words';
import { type Curve, curvePoints, linear, logarithmic, range, stepTicks, valueAt, valueTicks } from './curve';
import styles from './diagnostics.module.css';
import type { Node } from './nodes';

export type Quantity = 'residual' | 'lambda';

interface ChartProps {
  quantity: Quantity;
  views: readonly Node[];
  curves: Readonly<Record<string, Curve>>;
  /** The step that the canvas shows. */
  step: number;
  of: number;
  /** The bounds of the vertical axis, on its scale; null for those of the curves. */
  bounds: [number, number] | null;
  /** Called with the step under the pointer, or null. */
  onHover: (step: number | null) => void;
}

const PLOT = { width: 480, height: 150 };
const LEFT = 48;
const TOP = 8;
const FULL = { width: PLOT.width + LEFT + 16, height: PLOT.height + 44 };

/** The curves of all views, with axes. The step under the pointer, or else the step on the canvas, has dots. */
export function Chart({ quantity, views, curves, step, of, bounds, onHover }: ChartProps) {
  const [hovered, setHovered] = useState<number | null>(null);
  const selected = useSession((now) => now.selected);
  const scale = quantity === 'residual' ? logarithmic : linear;
  const real = quantity === 'residual' ? (place: number) => 10 ** place : (place: number) => place;
  const shown = bounds ?? range(Object.values(curves), scale);
  const across = (one: number) => (of > 1 ? ((one - 1) / (of - 1)) * PLOT.width : 0);
  const up = (place: number) => PLOT.height - ((place - shown[0]) / (shown[1] - shown[0])) * PLOT.height;
  const chosen = views.some(({ owner }) => owner !== null && owner === selected);
  const marked = hovered ?? step;
  const name = quantity === 'residual' ? words.dock.residualCurve : words.dock.lambdaCurve;
  const hover = (at: number | null) => {
    setHovered(at);
    onHover(at);
  };
  const onPointerMove = (event: PointerEvent<SVGSVGElement>) => {
    const area = event.currentTarget.getBoundingClientRect();
    const x = ((event.clientX - area.left) / area.width) * FULL.width - LEFT;
    hover(Math.min(of, Math.max(1, Math.round((x / PLOT.width) * (of - 1)) + 1)));
  };
  return (
    <svg
      className={styles.chart}
      viewBox={`0 0 ${FULL.width} ${FULL.height}`}
      role="img"
      aria-label={words.dock.chart(name, views.length, of)}
      data-testid="chart"
      onPointerMove={onPointerMove}
      onPointerLeave={() => hover(null)}
    >
      <g transform={`translate(${LEFT} ${TOP})`}>
        {valueTicks(shown, real).map(({ place, text }) => (
          <g key={place} className={styles.axis}>
            <line x1={0} x2={PLOT.width} y1={up(place)} y2={up(place)} />
            <text x={-8} y={up(place) + 4} textAnchor="end">
              {text}
            </text>
          </g>
        ))}
        {stepTicks(of, 9).map((tick) => (
          <text key={tick} className={styles.axisText} x={across(tick)} y={PLOT.height + 16} textAnchor="middle">
            {tick}
          </text>
        ))}
        <text className={styles.axisText} x={PLOT.width / 2} y={PLOT.height + 32} textAnchor="middle">
          {words.dock.stepAxis}
        </text>
        {marked > 0 && (
          <line className={styles.marker} x1={across(marked)} x2={across(marked)} y1={0} y2={PLOT.height} />
        )}
        {views.map(({ name: view, colour, owner }) => {
          const value = valueAt(curves[view], marked);
          return (
            <g
              key={view}
              opacity={chosen && owner !== selected ? 0.3 : 1}
              className={styles.curve}
              onPointerDown={() => owner !== null && select(owner)}
            >
              <polyline points={curvePoints(curves[view] ?? [], of, scale, shown, PLOT)} stroke={colour} />
              {value !== undefined && <circle cx={across(marked)} cy={up(scale(value))} r={3.5} fill={colour} />}
            </g>
          );
        })}
      </g>
    </svg>
  );
}
