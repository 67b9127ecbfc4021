import { LIMITS } from '../../api/limits';
import { IconButton } from '../../ui/Button';
import { NumberField } from '../../ui/NumberField';
import { words } from '../../words/words';
import styles from './layout.module.css';

interface SeedFieldProps {
  label: string;
  value: number | null | undefined;
  placeholder: string;
  error?: string | undefined;
  testIds?: { seed: string; reroll: string };
  onChange: (seed: number | null) => void;
}

export const randomSeed = () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;

/** A seed, open or fixed, with a die that sets a random one. */
export function SeedField({ label, value, placeholder, error, testIds, onChange }: SeedFieldProps) {
  return (
    <div className={styles.seed}>
      <NumberField
        optional
        label={label}
        value={value ?? null}
        placeholder={placeholder}
        {...LIMITS.Sampling.seed}
        error={error}
        testId={testIds?.seed}
        onCommit={onChange}
      />
      <IconButton
        label={words.layout.randomSeed}
        icon="dice"
        look="plain"
        data-testid={testIds?.reroll}
        onClick={() => onChange(randomSeed())}
      />
    </div>
  );
}
