import { useId } from 'react';
import { useOfferedModels } from '../../api/queries';
import { edit, useDraft } from '../../document/store';
import controls from '../../ui/controls.module.css';
import { labelOf } from './models';
import styles from './sampling.module.css';

/** Which model paints; a draft may name one that this server does not have. */
export function ModelPicker() {
  const id = useId();
  const models = useOfferedModels().data;
  const chosen = useDraft((now) => now.draft.sampling.model);
  if (!models) return null;
  const strange = chosen !== null && !models.some(({ description }) => description.id === chosen);
  return (
    <div className={styles.model}>
      <label htmlFor={id}>Model</label>
      <select
        id={id}
        className={`${controls.input} ${controls.select}`}
        value={chosen ?? models[0]?.description.id ?? ''}
        aria-invalid={strange || undefined}
        onChange={(event) =>
          edit((draft) => ({ ...draft, sampling: { ...draft.sampling, model: event.target.value } }))
        }
      >
        {strange && <option value={chosen}>{chosen} (not here)</option>}
        {models.map((model) => (
          <option key={model.description.id} value={model.description.id}>
            {labelOf(model)}
          </option>
        ))}
      </select>
    </div>
  );
}
