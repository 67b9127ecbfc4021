import { type ReactNode, useId } from 'react';
import styles from './controls.module.css';

interface CheckFieldProps {
  label: ReactNode;
  hint?: ReactNode;
  value: boolean;
  error?: string | undefined;
  testId?: string;
  onChange: (value: boolean) => void;
}

/** A checkbox with a label. */
export function CheckField({ label, hint, value, error, testId, onChange }: CheckFieldProps) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={value}
          aria-describedby={error || hint ? `${id}-note` : undefined}
          data-testid={testId}
          onChange={(event) => onChange(event.target.checked)}
        />
        {label}
      </label>
      {(error || hint) && (
        <span id={`${id}-note`} className={error ? styles.error : styles.hint}>
          {error ?? hint}
        </span>
      )}
    </div>
  );
}
