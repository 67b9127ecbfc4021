import type { Prompted } from '../../api/types';
import { NumberField } from '../../ui/NumberField';
import { ActiveRange } from './ActiveRange';
import { Fold } from './Fold';
import styles from './layout.module.css';
import { OwnModel } from './OwnModel';
import { PromptField } from './PromptField';
import { SeedField } from './SeedField';

export type ChangePrompted = (part: Partial<Prompted>, name: string) => void;

interface OwnFieldsProps {
  summary: string;
  value: Prompted;
  /** What this prompt may have of its own beside guidance and what to keep out. */
  offers: readonly ('seed' | 'model' | 'active')[];
  change: ChangePrompted;
}

/** What one prompt has of its own, folded away. */
export function OwnFields({ summary, value, offers, change }: OwnFieldsProps) {
  return (
    <Fold summary={summary}>
      <PromptField
        label="To keep out (negative prompt)"
        short
        value={value.negative_prompt}
        onChange={(negative_prompt) => change({ negative_prompt }, 'negative')}
      />
      <div className={styles.two}>
        {offers.includes('seed') && (
          <SeedField
            label="Its own seed"
            placeholder="as the whole"
            value={value.seed}
            onChange={(seed) => change({ seed }, 'seed')}
          />
        )}
        <NumberField
          optional
          label="Guidance"
          min={0}
          max={50}
          step={0.5}
          placeholder="as the whole"
          value={value.guidance ?? null}
          onCommit={(guidance) => change({ guidance }, 'guidance')}
        />
      </div>
      {offers.includes('model') && (
        <OwnModel value={value.model ?? null} onChange={(model) => change({ model }, 'model')} />
      )}
      {offers.includes('active') && (
        <ActiveRange value={value.active} onChange={(active) => change({ active }, 'active')} />
      )}
    </Fold>
  );
}
