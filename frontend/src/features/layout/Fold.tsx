import type { ReactNode } from 'react';
import { Icon } from '../../ui/icons';
import styles from './layout.module.css';

interface FoldProps {
  summary: string;
  /** What is set inside, in short. */
  note?: string | undefined;
  testId?: string;
  /** Whether something inside is wrong. */
  faulty?: boolean;
  children: ReactNode;
}

/** What few need: folded away under a line of text. */
export function Fold({ summary, note, testId, faulty, children }: FoldProps) {
  return (
    <details className={styles.fold} data-testid={testId} data-faulty={faulty || undefined}>
      <summary>
        <Icon name="chevron" size={12} />
        {summary}
        {note && <span className={styles.foldNote}>{note}</span>}
      </summary>
      <div className={styles.foldBody}>{children}</div>
    </details>
  );
}
