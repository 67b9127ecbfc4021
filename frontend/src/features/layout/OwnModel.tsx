import { useOfferedModels } from '../../api/queries';
import { SelectField } from '../../ui/SelectField';
import { labelOf, needsOf } from '../sampling/models';

interface OwnModelProps {
  value: string | null;
  error: string | undefined;
  onChange: (model: string | null) => void;
}

/** Another model for one prompt, if the server offers more than one. */
export function OwnModel({ value, error, onChange }: OwnModelProps) {
  const models = useOfferedModels().data ?? [];
  if (models.length < 2 && value === null) return null;
  const chosen = models.find(({ description }) => description.id === value);
  const strange = value !== null && !chosen ? [[value, `${value} (not here)`] as const] : [];
  return (
    <SelectField
      label="Model"
      hint={chosen && needsOf(chosen)}
      value={value ?? ''}
      options={[
        ['', 'as the picture'],
        ...strange,
        ...models.map((model) => [model.description.id, labelOf(model)] as const),
      ]}
      error={error}
      testId="own-model"
      onChange={(model) => onChange(model === '' ? null : model)}
    />
  );
}
