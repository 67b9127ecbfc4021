import { NumberField } from '../../ui/NumberField';
import { words } from '../../words/words';
import styles from './layout.module.css';

const percent = (share: number) => Math.round(share * 100);

interface ActiveRangeProps {
  /** The label of the beginning. */
  label?: string;
  /** The beginning and the end of the range, as fractions of the run. */
  value: readonly number[];
  error?: string | undefined;
  onChange: (value: number[]) => void;
}

/** The part of the run during which a prompt is active. */
export function ActiveRange({ label = words.layout.activeFrom, value, error, onChange }: ActiveRangeProps) {
  const [from = 0, to = 1] = value;
  return (
    <div className={styles.two}>
      <NumberField
        whole
        label={label}
        hint={words.layout.activeFromHint}
        affix="%"
        value={percent(from)}
        min={0}
        max={percent(to) - 1}
        step={5}
        error={error}
        onCommit={(start) => onChange([start / 100, to])}
      />
      <NumberField
        whole
        label={words.layout.activeTo}
        hint={words.layout.activeToHint}
        affix="%"
        value={percent(to)}
        min={percent(from) + 1}
        max={100}
        step={5}
        onCommit={(end) => onChange([from, end / 100])}
      />
    </div>
  );
}
