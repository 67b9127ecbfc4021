import { useId } from 'react';
import styles from './controls.module.css';

interface ColourFieldProps {
  label: string;
  /** "#rrggbb". */
  value: string;
  error?: string | undefined;
  testId?: string;
  onChange: (colour: string) => void;
}

/** A colour, chosen in the browser's dialog. */
export function ColourField({ label, value, error, testId, onChange }: ColourFieldProps) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
        <output htmlFor={id}>{value}</output>
      </label>
      <input
        id={id}
        type="color"
        className={`${styles.input} ${styles.colour}`}
        value={value}
        aria-describedby={error ? `${id}-note` : undefined}
        data-testid={testId}
        onChange={(event) => onChange(event.target.value)}
      />
      {error && (
        <span id={`${id}-note`} className={styles.error}>
          {error}
        </span>
      )}
    </div>
  );
}
