import type { CSSProperties, ReactNode } from 'react';
import type { Prompted } from '../../api/types';
import { colourOf } from '../../geometry/colour';
import { select, useSession } from '../../session';
import styles from './layout.module.css';
import { type ChangePrompted, OwnFields } from './OwnFields';
import { PromptField } from './PromptField';

interface PromptPartProps {
  id: string;
  title: string;
  /** How the prompt is called where its title alone would not do. */
  label?: string;
  value: Prompted;
  placeholder: string;
  error: string | undefined;
  offers: readonly ('seed' | 'model' | 'active')[];
  testId?: string;
  change: ChangePrompted;
  /** What stands beside the title. */
  children?: ReactNode;
}

/** One prompt of a layout that has a few: its colour and name, and what it has of its own once it is chosen. */
export function PromptPart(props: PromptPartProps) {
  const { id, title, label = title, value, placeholder, error, offers, testId, change, children } = props;
  const chosen = useSession((now) => now.selected === id);
  return (
    <div className={styles.anchor} style={{ '--colour': colourOf(id) } as CSSProperties}>
      <div className={styles.anchorHead}>
        <span className={styles.dot} />
        <span>{title}</span>
        {children}
      </div>
      <PromptField
        id={`prompt-${id}`}
        label={label}
        hideLabel
        short
        value={value.prompt}
        placeholder={placeholder}
        error={error}
        testId={testId}
        onChange={(prompt) => change({ prompt }, 'prompt')}
        onFocus={() => select(id)}
      />
      {chosen && <OwnFields summary="For this prompt alone" value={value} offers={offers} change={change} />}
    </div>
  );
}
