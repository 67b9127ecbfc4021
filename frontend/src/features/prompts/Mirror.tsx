import { type CSSProperties, memo, useMemo } from 'react';
import { type Piece, piecesOf } from '../../prompts/pieces';
import type { Reading } from '../../prompts/reading';
import styles from './prompts.module.css';

interface MirrorProps {
  value: string;
  reading: Reading;
  known: ReadonlySet<string> | null;
  /** The caret, if the field has the focus. */
  caret: number | null;
}

const FULL = Math.log(2); // a part at twice or half of the usual weight has the full tint

/** The strength of the tint of a weight, from 0 to 1. */
const tint = (weight: number) => Math.min(1, Math.abs(Math.log(Math.max(weight, 0.01))) / FULL);

function Part({ text, weight, unknown, bracket }: Piece) {
  if (bracket) {
    return (
      <span className={styles[bracket]} data-bracket={bracket}>
        {text}
      </span>
    );
  }
  const inner = unknown ? <mark>{text}</mark> : text;
  if (weight === 1) return inner;
  return (
    <span
      className={weight > 1 ? styles.heavy : styles.light}
      style={{ '--tint': `${Math.round(12 + 40 * tint(weight))}%` } as CSSProperties}
      data-weight={weight}
    >
      {inner}
    </span>
  );
}

/** The text below the editable text. It shows the weights, marks brackets, and underlines unknown words. */
export const Mirror = memo(function Mirror({ value, reading, known, caret }: MirrorProps) {
  const pieces = useMemo(() => piecesOf(value, reading, known, caret), [value, reading, known, caret]);
  return (
    <div className={styles.mirror} aria-hidden="true">
      {pieces.map((piece) => (
        <Part key={piece.start} {...piece} />
      ))}
      {'\u200b'}
    </div>
  );
});
