import { NumberField } from '../../ui/NumberField';
import { useCell } from '../jobs/useGenerate';
import styles from './layout.module.css';

interface Trusted {
  weight: number;
  feather: number;
}

interface TrustFieldsProps {
  value: Trusted;
  hint: string;
  fault: (field: keyof Trusted) => string | undefined;
  change: (part: Partial<Trusted>, name: string) => void;
}

/** How much a box is trusted against what it overlaps, and how softly that ends. */
export function TrustFields({ value, hint, fault, change }: TrustFieldsProps) {
  const cell = useCell();
  return (
    <div className={styles.two}>
      <NumberField
        label="Trust (weight 1/ψ²)"
        hint={hint}
        value={value.weight}
        min={0.01}
        max={100}
        step={0.1}
        error={fault('weight')}
        onCommit={(weight) => change({ weight }, 'weight')}
      />
      <NumberField
        label="Feather"
        hint="How soft its edge is."
        affix="px"
        value={value.feather}
        min={0}
        max={4096}
        step={cell}
        error={fault('feather')}
        onCommit={(feather) => change({ feather: Math.round(feather) }, 'feather')}
      />
    </div>
  );
}
