import { type ReactNode, useId } from 'react';
import styles from './controls.module.css';

interface SelectFieldProps<T extends string> {
  label: ReactNode;
  hint?: ReactNode;
  value: T;
  options: readonly (readonly [value: T, label: string])[];
  error?: string | undefined;
  testId?: string;
  onChange: (value: T) => void;
}

/** A choice among several options, as a list. */
export function SelectField<T extends string>(props: SelectFieldProps<T>) {
  const { label, hint, value, options, error, testId, onChange } = props;
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <select
        id={id}
        className={`${styles.input} ${styles.select}`}
        value={value}
        aria-invalid={error ? true : undefined}
        aria-describedby={error || hint ? `${id}-note` : undefined}
        data-testid={testId}
        onChange={(event) => onChange(event.target.value as T)}
      >
        {options.map(([one, says]) => (
          <option key={one} value={one}>
            {says}
          </option>
        ))}
      </select>
      {(error || hint) && (
        <span id={`${id}-note`} className={error ? styles.error : styles.hint}>
          {error ?? hint}
        </span>
      )}
    </div>
  );
}
