import type { Start } from '../../api/types';
import { SelectField } from '../../ui/SelectField';
import { optionsOf, words } from '../../words/words';

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
    <SelectField
      label={words.pictures.resizeMode}
      value={value}
      options={optionsOf(words.pictures.fits)}
      error={error}
      testId={testId}
      onChange={onChange}
    />
  );
}
