import { type ReactNode, useId } from 'react';
import styles from './controls.module.css';

interface TextFieldProps {
  label: ReactNode;
  hint?: ReactNode;
  value: string;
  error?: string | undefined;
  testId?: string;
  onChange: (value: string) => void;
}

/** One line of text with a label. */
export function TextField({ label, hint, value, error, testId, onChange }: TextFieldProps) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <input
        id={id}
        type="text"
        autoComplete="off"
        className={styles.input}
        value={value}
        aria-invalid={error ? true : undefined}
        aria-describedby={error || hint ? `${id}-note` : undefined}
        data-testid={testId}
        onChange={(event) => onChange(event.target.value)}
      />
      {(error || hint) && (
        <span id={`${id}-note`} className={error ? styles.error : styles.hint} role={error ? 'alert' : undefined}>
          {error ?? hint}
        </span>
      )}
    </div>
  );
}
