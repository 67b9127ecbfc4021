import { useId } from 'react';
import { api, body } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import type { Job, Kind } from '../../api/types';
import { graphOf, textOf } from '../../document/graph';
import { toJob } from '../../document/job';
import { edit, undo, useDraft } from '../../document/store';
import controls from '../../ui/controls.module.css';
import { toast } from '../../ui/toasts';
import { useGenerate, useModel } from '../jobs/useGenerate';
import styles from './layout.module.css';

const write = (text: string, name: string | null) => edit((draft) => ({ ...draft, custom: { text } }), name);

/** Write the graph of another layout of the draft into the field. */
async function takeOver(job: Job): Promise<void> {
  try {
    const { graph } = await api.POST('/api/compile', { body: job }).then(body);
    write(textOf(graph), null);
    toast(`This is the graph of your ${job.layout.kind}.`, { label: 'Undo', run: undo });
  } catch (error) {
    toast(error instanceof ApiProblem ? error.message : 'The graph could not be made.');
  }
}

const SOURCES: readonly [Kind, string][] = [
  ['panorama', 'your panorama'],
  ['regions', 'your regions'],
  ['scene', 'your scene'],
  ['portrait', 'your portrait'],
  ['illusion', 'your illusion'],
  ['texture', 'your texture'],
];

function TakeOver() {
  const model = useModel();
  const start = (kind: Kind) => {
    const { draft } = useDraft.getState();
    const job = model && toJob({ ...draft, kind }, { model: model.id, steps: model.defaults.steps });
    if (job) takeOver(job);
  };
  return (
    <select
      className={`${controls.input} ${controls.select} ${styles.source}`}
      aria-label="Begin from the graph of another layout"
      value=""
      disabled={!model}
      data-testid="graph-source"
      onChange={({ target }) => start(target.value as Kind)}
    >
      <option value="">Begin from…</option>
      {SOURCES.map(([kind, label]) => (
        <option key={kind} value={kind}>
          {label}
        </option>
      ))}
    </select>
  );
}

/** The errors of the graph: those of its JSON, or else the server's, each with its place. */
function useFaults(text: string): string[] {
  const { faults, problem } = useGenerate();
  const { error } = graphOf(text);
  if (error) return text.trim() === '' ? [] : [error];
  const said = faults.map(({ message, location }) => [location.slice(2).join('.'), message].filter(Boolean).join(': '));
  return said.length > 0 || !problem ? said : [problem.message];
}

/** A custom graph, as JSON. */
export function CustomPanel() {
  const id = useId();
  const { text } = useDraft((now) => now.draft.custom);
  const faults = useFaults(text);
  return (
    <section className={styles.section} aria-label="Graph">
      <div className={styles.head}>
        <h2 className={styles.title}>
          <label htmlFor={id}>Graph</label>
        </h2>
        <TakeOver />
      </div>
      <p className={styles.about}>
        Controls are the canvases, observables are what each model sees of them, and outputs are the pictures that are
        saved. All sizes are in cells of the model’s grid.
      </p>
      <textarea
        id={id}
        className={`${controls.input} ${styles.code}`}
        value={text}
        rows={18}
        spellCheck={false}
        autoCapitalize="off"
        wrap="off"
        placeholder={'{\n  "controls": […],\n  "observables": […],\n  "outputs": […]\n}'}
        aria-invalid={faults.length > 0 || undefined}
        aria-describedby={`${id}-faults`}
        data-testid="graph"
        onChange={({ target }) => write(target.value, 'graph')}
      />
      <ul id={`${id}-faults`} className={styles.faults} aria-live="polite" data-testid="graph-faults">
        {faults.map((fault) => (
          <li key={fault} className={controls.error}>
            {fault}
          </li>
        ))}
      </ul>
    </section>
  );
}
