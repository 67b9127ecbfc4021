import { useId } from 'react';
import { useOfferedModels } from '../../api/queries';
import { edit, useDraft } from '../../document/store';
import controls from '../../ui/controls.module.css';
import { words } from '../../words/words';
import { useFirstModel } from '../jobs/useGenerate';
import { labelOf, needsOf } from './models';
import styles from './sampling.module.css';

/** Choose the model, with the memory that it needs. A draft may name a model that this server does not have. */
export function ModelPicker() {
  const id = useId();
  const { data: models, isError } = useOfferedModels();
  const chosen = useDraft((now) => now.draft.sampling.model);
  const first = useFirstModel();
  const model = chosen === null ? first : models?.find(({ description }) => description.id === chosen);
  const needs = model && needsOf(model);
  return (
    <div className={styles.model}>
      <label htmlFor={id}>{words.terms.model}</label>
      <select
        id={id}
        className={`${controls.input} ${controls.select}`}
        value={chosen ?? first?.description.id ?? ''}
        disabled={!models}
        aria-invalid={(models && !model) || undefined}
        aria-describedby={needs ? `${id}-needs` : undefined}
        title={needs ?? undefined}
        data-testid="model"
        onChange={(event) =>
          edit((draft) => ({ ...draft, sampling: { ...draft.sampling, model: event.target.value } }))
        }
      >
        {!models && <option value={chosen ?? ''}>{isError ? words.sampling.modelsFailed : words.shell.loading}</option>}
        {models && chosen !== null && !model && <option value={chosen}>{words.sampling.modelMissing(chosen)}</option>}
        {models?.map((one) => (
          <option key={one.description.id} value={one.description.id}>
            {labelOf(one)}
          </option>
        ))}
      </select>
      {needs && (
        <span id={`${id}-needs`} className={`${controls.hint} ${styles.needs}`} data-testid="model-needs">
          {needs}
        </span>
      )}
    </div>
  );
}
