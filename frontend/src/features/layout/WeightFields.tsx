import { LIMITS } from '../../api/limits';
import { NumberField } from '../../ui/NumberField';
import { words } from '../../words/words';
import { useCell } from '../jobs/useGenerate';
import styles from './layout.module.css';

interface Weighted {
  weight: number;
  feather: number;
}

interface WeightFieldsProps {
  value: Weighted;
  fault: (field: keyof Weighted) => string | undefined;
  change: (part: Partial<Weighted>, name: string) => void;
}

/** The weight of a box relative to what it overlaps, and its feather. */
export function WeightFields({ value, fault, change }: WeightFieldsProps) {
  const cell = useCell();
  return (
    <div className={styles.two}>
      <NumberField
        label={words.terms.weight}
        hint={words.layout.weightHint}
        value={value.weight}
        {...LIMITS.Patch.weight}
        step={0.1}
        error={fault('weight')}
        testId="patch-weight"
        onCommit={(weight) => change({ weight }, 'weight')}
      />
      <NumberField
        label={words.terms.feather}
        hint={words.layout.featherHint}
        affix={words.masks.pixels}
        value={value.feather}
        {...LIMITS.Patch.feather}
        step={cell}
        error={fault('feather')}
        onCommit={(feather) => change({ feather }, 'feather')}
      />
    </div>
  );
}
