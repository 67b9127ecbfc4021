import type { CSSProperties, ReactNode } from 'react';
import type { Location } from '../../api/problem';
import type { Prompted } from '../../api/types';
import { colourOf } from '../../geometry/colour';
import { select, useSession } from '../../session';
import { words } from '../../words/words';
import { useGenerate } from '../jobs/useGenerate';
import { PromptField } from '../prompts/PromptField';
import styles from './layout.module.css';
import { type ChangePrompted, OwnFields } from './OwnFields';
import { faultOf } from './own';

interface PromptPartProps {
  id: string;
  title: string;
  /** The label of the prompt, if its title is not enough. */
  label?: string;
  value: Prompted;
  placeholder: string;
  /** The location of the prompt in the job document. */
  at: Location;
  offers: readonly ('seed' | 'model' | 'active')[];
  testId?: string;
  change: ChangePrompted;
  /** Content beside the title. */
  children?: ReactNode;
}

/** One of a layout's prompts: its colour and name, and, once it is chosen, its own settings. */
export function PromptPart(props: PromptPartProps) {
  const { id, title, label = title, value, placeholder, at, offers, testId, change, children } = props;
  const chosen = useSession((now) => now.selected === id);
  const { faults } = useGenerate();
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
        model={value.model}
        value={value.prompt}
        placeholder={placeholder}
        error={faultOf(faults, at, chosen)}
        testId={testId}
        onChange={(prompt) => change({ prompt }, 'prompt')}
        onFocus={() => select(id)}
      />
      {chosen && <OwnFields summary={words.layout.morePrompt} value={value} at={at} offers={offers} change={change} />}
    </div>
  );
}
