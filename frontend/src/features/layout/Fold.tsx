import type { ReactNode } from 'react';
import { Icon } from '../../ui/icons';
import styles from './layout.module.css';

interface FoldProps {
  summary: string;
  /** A summary of the settings inside. */
  note?: string | undefined;
  testId?: string;
  /** True if a field inside has an error. */
  faulty?: boolean;
  children: ReactNode;
}

/** Fields that few visitors need, folded under a line of text. */
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
