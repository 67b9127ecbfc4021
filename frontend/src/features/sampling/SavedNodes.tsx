import { faultAt } from '../../api/problem';
import type { Compiled, GraphSpec } from '../../api/types';
import { edit, useDraft } from '../../document/store';
import { CheckField } from '../../ui/CheckField';
import controls from '../../ui/controls.module.css';
import { useGenerate } from '../jobs/useGenerate';
import { titleOfPicture } from '../jobs/words';
import styles from './sampling.module.css';

/** All that can be saved of a graph: what the layout makes of it, its canvases, then what each model sees. */
function savable({ controls: canvases, observables, outputs }: GraphSpec): string[] {
  const names = [...outputs.map(({ node }) => node), ...canvases.map(({ name }) => name)];
  return [...new Set([...names, ...observables.map(({ name }) => name)])];
}

function Choice({ compiled }: { compiled: Compiled }) {
  const kind = compiled.job.layout.kind;
  const { faults } = useGenerate();
  const saved = compiled.job.outputs ?? [];
  const names = savable(compiled.graph).sort(
    (one, other) => Number(saved.includes(other)) - Number(saved.includes(one)),
  );
  const change = (name: string, on: boolean) =>
    edit((draft) => ({
      ...draft,
      outputs: { ...draft.outputs, [kind]: on ? [...saved, name] : saved.filter((one) => one !== name) },
    }));
  return (
    <>
      <p className={controls.hint}>Any canvas, and what any single model sees of it, can be a picture too (outputs).</p>
      <fieldset className={styles.nodes} aria-label="What is saved as a picture">
        {names.map((name) => (
          <CheckField
            key={name}
            label={titleOfPicture(name)}
            value={saved.includes(name)}
            testId={`save-${name}`}
            onChange={(on) => (on || saved.length > 1) && change(name, on)}
          />
        ))}
      </fieldset>
      {faultAt(faults, 'outputs') && <p className={controls.error}>{faultAt(faults, 'outputs')}</p>}
    </>
  );
}

/** Which nodes of the graph become pictures beside the main one. */
export function SavedNodes() {
  const kind = useDraft((now) => now.draft.kind);
  const { compiled } = useGenerate();
  if (compiled?.job.layout.kind !== kind) return <p className={controls.hint}>Once the layout can run.</p>;
  return <Choice compiled={compiled} />;
}
