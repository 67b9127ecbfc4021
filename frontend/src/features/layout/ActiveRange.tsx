import { NumberField } from '../../ui/NumberField';
import styles from './layout.module.css';

const percent = (share: number) => Math.round(share * 100);

/** During which share of the steps a prompt acts. */
export function ActiveRange({ value, onChange }: { value: readonly number[]; onChange: (value: number[]) => void }) {
  const [from = 0, to = 1] = value;
  return (
    <div className={styles.two}>
      <NumberField
        label="Acts from step share"
        hint="0 is the first step"
        affix="%"
        value={percent(from)}
        min={0}
        max={percent(to) - 1}
        step={5}
        onCommit={(start) => onChange([start / 100, to])}
      />
      <NumberField
        label="until"
        hint="100 is the last step"
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
