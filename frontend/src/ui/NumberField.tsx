import { type ReactNode, useId, useState } from 'react';
import styles from './controls.module.css';

interface Shared {
  label: ReactNode;
  hideLabel?: boolean;
  hint?: ReactNode;
  error?: string | undefined;
  min?: number;
  max?: number;
  step?: number;
  affix?: string;
  placeholder?: string;
  testId?: string;
}

type NumberFieldProps = Shared &
  (
    | { optional: true; value: number | null; onCommit: (value: number | null) => void }
    | { optional?: false; value: number; onCommit: (value: number) => void }
  );

/** A number that is committed on Enter, on leaving, and by the arrow keys; an empty optional field means "not set". */
export function NumberField(props: NumberFieldProps) {
  const { label, hideLabel, hint, error, min, max, step = 1, affix, placeholder, testId, value } = props;
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);

  const commit = (text: string) => {
    setTyped(null);
    if (text.trim() === '') {
      if (props.optional) props.onCommit(null);
      return;
    }
    const number = Number(text);
    if (!Number.isFinite(number) || number === value) return;
    props.onCommit(Math.min(max ?? Number.POSITIVE_INFINITY, Math.max(min ?? Number.NEGATIVE_INFINITY, number)));
  };
  const nudge = (direction: number, large: boolean) => {
    const from = typed === null ? (value ?? Number(placeholder ?? min ?? 0)) : Number(typed);
    if (Number.isFinite(from)) commit(String(Number((from + direction * step * (large ? 10 : 1)).toFixed(6))));
  };

  return (
    <div className={styles.field}>
      <label htmlFor={id} className={hideLabel ? 'visually-hidden' : styles.label}>
        {label}
      </label>
      <div className={styles.affixed}>
        <input
          id={id}
          type="text"
          inputMode="decimal"
          autoComplete="off"
          className={`${styles.input} ${styles.numeric} ${affix ? styles.withAffix : ''}`}
          value={typed ?? (value === null ? '' : String(value))}
          placeholder={placeholder}
          aria-invalid={error ? true : undefined}
          aria-describedby={error || hint ? `${id}-note` : undefined}
          data-testid={testId}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={(event) => typed !== null && commit(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && typed !== null) commit(typed);
            if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
              event.preventDefault();
              nudge(event.key === 'ArrowUp' ? 1 : -1, event.shiftKey);
            }
          }}
        />
        {affix && (
          <span className={styles.affix} aria-hidden="true">
            {affix}
          </span>
        )}
      </div>
      {(error || hint) && (
        <span id={`${id}-note`} className={error ? styles.error : styles.hint}>
          {error ?? hint}
        </span>
      )}
    </div>
  );
}
