import { useModels } from '../../api/queries';
import controls from '../../ui/controls.module.css';

interface OwnModelProps {
  value: string | null;
  onChange: (model: string | null) => void;
}

/** Another model for one prompt, where the server offers more than one. */
export function OwnModel({ value, onChange }: OwnModelProps) {
  const models = useModels().data ?? [];
  if (models.length < 2 && value === null) return null;
  return (
    <label className={controls.field}>
      <span className={controls.label}>Its own model</span>
      <select
        className={`${controls.input} ${controls.select}`}
        value={value ?? ''}
        onChange={(event) => onChange(event.target.value || null)}
      >
        <option value="">as the whole</option>
        {models.map(({ id, title }) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}
