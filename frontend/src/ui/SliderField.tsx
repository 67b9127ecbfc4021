import { type ReactNode, useId } from 'react';
import styles from './controls.module.css';

interface SliderFieldProps {
  label: ReactNode;
  hint?: ReactNode;
  /** A share, 0 to 1. */
  value: number;
  /** The smallest share; 0 by default. */
  min?: number;
  error?: string | undefined;
  testId?: string;
  onChange: (share: number) => void;
}

const STEP = 5; // percent

/** A slider for a share of the whole, with its percentage beside it. */
export function SliderField({ label, hint, value, min = 0, error, testId, onChange }: SliderFieldProps) {
  const id = useId();
  const percent = Math.round(value * 100);
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
        <output htmlFor={id}>{percent} %</output>
      </label>
      <input
        id={id}
        type="range"
        className={styles.slider}
        min={100 * min}
        max={100}
        step={STEP}
        value={percent}
        aria-valuetext={`${percent} %`}
        aria-describedby={error || hint ? `${id}-note` : undefined}
        data-testid={testId}
        onChange={(event) => onChange(Number(event.target.value) / 100)}
      />
      {(error || hint) && (
        <span id={`${id}-note`} className={error ? styles.error : styles.hint}>
          {error ?? hint}
        </span>
      )}
    </div>
  );
}
