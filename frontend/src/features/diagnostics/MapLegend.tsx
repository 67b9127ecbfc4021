import type { Legend } from '../../api/types';
import { useSession } from '../../session';
import { words } from '../../words/words';
import styles from './diagnostics.module.css';
import type { Run } from './useRun';

const colour = (parts: readonly number[]) => `rgb(${parts.map((part) => Math.round(255 * part)).join(' ')})`;

const text = (value: number) => Number(value.toPrecision(2)).toString();

/** True if values above the end of the scale exist: a share has none. */
const isOpen = ({ high }: Legend) => high < 1;

/** The colours of a map with their numbers, while the canvas shows one. */
export function MapLegend({ run }: { run: Run }) {
  const what = useSession((now) => now.show.what);
  const legend = run.index?.legends[what];
  if (!legend) return null;
  const { low, high, low_colour, high_colour, unit } = legend;
  const last = isOpen(legend) ? words.dock.most(text(high)) : text(high);
  const name = what === 'weights' ? words.dock.weights : words.dock.residual;
  return (
    <div
      className={styles.legend}
      role="img"
      aria-label={words.dock.legend(name, text(low), last, unit)}
      title={words.dock.legend(name, text(low), last, unit)}
      data-testid="legend"
    >
      <span>{text(low)}</span>
      <span
        className={styles.ramp}
        style={{ background: `linear-gradient(to right, ${colour(low_colour)}, ${colour(high_colour)})` }}
      >
        {text((low + high) / 2)}
      </span>
      <span>{last}</span>
      <span className={styles.unit}>{unit}</span>
    </div>
  );
}
