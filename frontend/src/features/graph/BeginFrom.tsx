import type { Kind } from '../../api/types';
import { toJob } from '../../document/job';
import { useDraft } from '../../document/store';
import controls from '../../ui/controls.module.css';
import { words } from '../../words/words';
import { useModel } from '../jobs/useGenerate';
import { takeOver } from './takeOver';

/** Begin a graph from one of the draft's other layouts. */
export function BeginFrom({ className = '' }: { className?: string }) {
  const model = useModel();
  const start = (kind: Kind) => {
    const { draft } = useDraft.getState();
    const job = model && toJob({ ...draft, kind }, { model: model.id });
    if (job) takeOver(job);
  };
  return (
    <select
      className={`${controls.input} ${controls.select} ${className}`}
      aria-label={words.graph.beginLabel}
      value=""
      disabled={!model}
      data-testid="graph-source"
      onChange={({ target }) => start(target.value as Kind)}
    >
      <option value="">{words.graph.beginFrom}</option>
      {Object.entries(words.graph.sources).map(([kind, label]) => (
        <option key={kind} value={kind}>
          {label}
        </option>
      ))}
    </select>
  );
}
