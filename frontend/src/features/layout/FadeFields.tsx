import { NumberField } from '../../ui/NumberField';
import { words } from '../../words/words';
import styles from './layout.module.css';

const percent = (share: number) => Math.round(share * 100);

interface FadeFieldsProps {
  /** How long the weight rises and falls, as fractions of the run. Without it, nothing fades. */
  value: readonly number[] | null | undefined;
  /** The range of the run that fades. */
  active: readonly number[];
  error?: string | undefined;
  /** Called with null if nothing fades. */
  onChange: (fade: number[] | null) => void;
}

/** How a weight comes and goes within its range of the steps. */
export function FadeFields({ value, active: [from = 0, to = 1], error, onChange }: FadeFieldsProps) {
  const [rise = 0, fall = 0] = value ?? [];
  const limits = { whole: true, affix: '%', min: 0, max: percent(to - from), step: 5 };
  const change = (fade: [number, number]) => onChange(fade.some((one) => one > 0) ? fade : null);
  return (
    <div className={styles.two}>
      <NumberField
        {...limits}
        label={words.layout.fadeIn}
        hint={words.layout.fadeInHint}
        value={percent(rise)}
        error={error}
        testId="fade-in"
        onCommit={(share) => change([share / 100, fall])}
      />
      <NumberField
        {...limits}
        label={words.layout.fadeOut}
        hint={words.layout.fadeOutHint}
        value={percent(fall)}
        testId="fade-out"
        onCommit={(share) => change([rise, share / 100])}
      />
    </div>
  );
}
