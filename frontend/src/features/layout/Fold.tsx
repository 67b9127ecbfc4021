import type { ReactNode } from 'react';
import { Icon } from '../../ui/icons';
import styles from './layout.module.css';

/** What few need: folded away under a line of text. */
export function Fold({ summary, children }: { summary: string; children: ReactNode }) {
  return (
    <details className={styles.fold}>
      <summary>
        <Icon name="chevron" size={12} />
        {summary}
      </summary>
      <div className={styles.foldBody}>{children}</div>
    </details>
  );
}
