import { useOfferedModels } from '../../api/queries';
import { SelectField } from '../../ui/SelectField';
import { words } from '../../words/words';
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
  const strange = value !== null && !chosen ? [[value, words.sampling.modelMissing(value)] as const] : [];
  return (
    <SelectField
      label={words.terms.model}
      hint={chosen && needsOf(chosen)}
      value={value ?? ''}
      options={[
        ['', words.layout.asPicture],
        ...strange,
        ...models.map((model) => [model.description.id, labelOf(model)] as const),
      ]}
      error={error}
      testId="own-model"
      onChange={(model) => onChange(model === '' ? null : model)}
    />
  );
}
