import { faultAt } from '../../api/problem';
import type { Compiled } from '../../api/types';
import { mainOf } from '../../document/job';
import { edit, useDraft } from '../../document/store';
import { CheckField } from '../../ui/CheckField';
import controls from '../../ui/controls.module.css';
import { words } from '../../words/words';
import { useGenerate } from '../jobs/useGenerate';
import { titleOfPicture } from '../jobs/words';
import styles from './sampling.module.css';

/** The label of a node in the list: its name and its prompt. */
function labelOf(name: string, known: Compiled | undefined): string {
  const prompt = known?.graph.observables.find((one) => one.name === name)?.prompted.prompt;
  return [titleOfPicture(name), prompt].filter(Boolean).join(': ');
}

/** The nodes of a job that can be saved: the layout's outputs, its canvases, then what each model sees. */
function savable({ job, graph }: Compiled): string[] {
  return [
    ...mainOf(job.layout),
    ...graph.controls.map(({ name }) => name),
    ...graph.observables.map(({ name }) => name),
  ];
}

/** Choose which nodes of the graph become pictures. The choice can be changed even while it makes the layout invalid. */
export function SavedNodes() {
  const kind = useDraft((now) => now.draft.kind);
  const chosen = useDraft((now) => now.draft.outputs[kind]);
  const { compiled, faults } = useGenerate();
  const known = compiled?.job.layout.kind === kind ? compiled : undefined;
  const saved = chosen ?? known?.job.outputs ?? [];
  const names = [...new Set([...(known ? savable(known) : []), ...saved])];
  const fault = faultAt(faults, 'outputs');
  if (names.length === 0) return <p className={controls.hint}>{words.sampling.outputsLater}</p>;
  const change = (name: string, on: boolean) => {
    const rest = saved.filter((one) => one !== name);
    if (!on && rest.length === 0) return; // a job makes at least one picture
    edit((draft) => ({ ...draft, outputs: { ...draft.outputs, [kind]: on ? [...rest, name] : rest } }));
  };
  return (
    <>
      <p className={controls.hint}>{words.sampling.outputsHint}</p>
      <fieldset className={styles.nodes} aria-label={words.sampling.outputsLabel}>
        {names.map((name) => (
          <CheckField
            key={name}
            label={labelOf(name, known)}
            value={saved.includes(name)}
            testId={`save-${name}`}
            onChange={(on) => change(name, on)}
          />
        ))}
      </fieldset>
      {fault && <p className={controls.error}>{fault}</p>}
    </>
  );
}
