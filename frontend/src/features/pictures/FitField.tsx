import type { Start } from '../../api/types';
import { SelectField } from '../../ui/SelectField';

const FITS = [
  ['same', 'none: it has the canvas’s shape'],
  ['crop', 'crop to the canvas’s shape'],
  ['stretch', 'stretch to the canvas’s shape'],
] as const;

interface FitFieldProps {
  value: Start['fit'];
  error: string | undefined;
  testId: string;
  onChange: (fit: Start['fit']) => void;
}

/** How a picture of another shape is brought to the canvas's shape; nothing while it has that shape. */
export function FitField({ value, error, testId, onChange }: FitFieldProps) {
  if (value === 'same' && !error) return null;
  return (
    <SelectField label="Resize mode" value={value} options={FITS} error={error} testId={testId} onChange={onChange} />
  );
}
