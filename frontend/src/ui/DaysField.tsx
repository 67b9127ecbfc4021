import { words } from '../words/words';
import { NumberField } from './NumberField';

const MOST = 3650;

interface DaysFieldProps {
  label: string;
  /** The meaning of an empty field, in words. */
  placeholder: string;
  /** Null: never. */
  value: number | null;
  testId: string;
  onCommit: (days: number | null) => void;
}

/** The number of days after which something ends. */
export const DaysField = (props: DaysFieldProps) => (
  <NumberField {...props} optional above={0} max={MOST} affix={words.shell.daysUnit} />
);
