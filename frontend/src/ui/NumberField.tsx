import { type ReactNode, useId } from 'react';
import { words } from '../words/words';
import styles from './controls.module.css';
import type { Limits } from './number';
import { type Correction, useTyped } from './useTyped';

interface Shared extends Limits {
  label: string;
  hideLabel?: boolean;
  /** Messages float over the elements below, and the note on a correction goes after a few seconds. */
  floating?: boolean;
  hint?: ReactNode;
  error?: string | undefined;
  step?: number;
  affix?: string;
  /** The meaning of an empty field, in words. */
  placeholder?: string;
  /** The number that applies while the field is empty. */
  fallback?: number | undefined;
  correction?: Correction;
  /** Nobody can change the value now; the hint says why. */
  disabled?: boolean;
  testId?: string;
}

type NumberFieldProps = Shared &
  (
    | { optional: true; value: number | null; onCommit: (value: number | null) => void }
    | { optional?: false; value: number; onCommit: (value: number) => void }
  );

/** A number field that commits on Enter, on leaving, and with the arrow keys. An empty optional field means "not set".
 * A text that is not accepted stays as it was typed, with the error below it, until the visitor corrects it or presses
 * Escape. */
export function NumberField(props: NumberFieldProps) {
  const {
    label,
    hideLabel,
    floating,
    hint,
    min,
    max,
    above,
    below,
    step = 1,
    affix,
    placeholder,
    fallback,
    disabled,
    testId,
    value,
  } = props;
  const id = useId();
  const { text, wrong, took, type, commit, forget } = useTyped({
    ...props,
    id,
    onCommit: (number) => (props.optional || number !== null) && props.onCommit(number as number),
  });
  const error = wrong ?? props.error;
  const note = took ?? hint;
  const noteId = error || note ? `${id}-note` : undefined;

  const nudge = (direction: number, large: boolean) => {
    const from = text === null || text.trim() === '' ? (value ?? fallback ?? min ?? 0) : Number(text);
    const moved = Number((from + direction * step * (large ? 10 : 1)).toFixed(6));
    const next = Math.min(max ?? moved, Math.max(min ?? moved, moved));
    const beyond = next <= (above ?? Number.NEGATIVE_INFINITY) || next >= (below ?? Number.POSITIVE_INFINITY);
    if (Number.isFinite(next) && !beyond) commit(String(next), true);
  };

  return (
    <div className={`${styles.field} ${floating ? styles.floating : ''}`}>
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
          value={text ?? (value === null ? '' : String(value))}
          placeholder={placeholder ?? (fallback === undefined ? undefined : words.numbers.byDefault(fallback))}
          disabled={disabled}
          aria-invalid={error ? true : undefined}
          aria-describedby={noteId}
          data-testid={testId}
          onChange={(event) => type(event.target.value)}
          onBlur={(event) => text !== null && commit(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && text !== null) commit(text);
            else if (event.key === 'Escape') forget();
            else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
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
      {noteId && (
        <span id={noteId} className={error ? styles.error : styles.hint} role={took ? 'status' : undefined}>
          {error ?? note}
        </span>
      )}
    </div>
  );
}
