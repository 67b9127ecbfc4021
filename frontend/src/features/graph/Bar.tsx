import { useDraft } from '../../document/store';
import { Button, IconButton } from '../../ui/Button';
import { Segmented } from '../../ui/Segmented';
import { words } from '../../words/words';
import { useGenerate } from '../jobs/useGenerate';
import { toggleGraph } from './actions';
import { BeginFrom } from './BeginFrom';
import { useFieldEditing, write } from './editing';
import { addNode, nodesIn } from './edits';
import styles from './graph.module.css';
import { text as textIn } from './loose';
import { idOf, type Part } from './network';
import { pick, usePicked } from './picked';
import { takeOver } from './takeOver';

const say = words.graph;

export type Mode = 'network' | 'table';

/** Add a node to the draft's own graph, and choose it. A new view sees the chosen control, or the first one. */
export function add(text: string, part: Part, native: number, control?: string): void {
  const [next, index] = addNode(text, part, native, control);
  if (index < 0) return;
  write(next, null);
  const { name, node } = nodesIn(next, part)[index] ?? {};
  pick({ id: idOf(part, index), owner: textIn(name ?? node) });
}

function AddButtons() {
  const { text, native } = useFieldEditing();
  const picked = usePicked((now) => now.id);
  const chosen = picked?.startsWith('controls/') ? nodesIn(text, 'controls')[Number(picked.slice(9))] : undefined;
  return (
    <fieldset className={styles.adders} aria-label={say.addTitle}>
      {(['controls', 'observables', 'laws', 'outputs'] as const).map((part) => (
        <Button
          key={part}
          small
          icon="plus"
          data-testid={`graph-add-${part}`}
          onClick={() => add(text, part, native, textIn(chosen?.name) || undefined)}
        >
          {say.add[part]}
        </Button>
      ))}
    </fieldset>
  );
}

/** What is shown of the graph, and what can be added to it. */
export function Bar({ mode, onMode }: { mode: Mode; onMode: (mode: Mode) => void }) {
  const custom = useDraft((now) => now.draft.kind === 'custom');
  const { job } = useGenerate();
  return (
    <div className={styles.bar}>
      <Segmented
        label={say.views}
        value={mode}
        options={[
          { value: 'network', label: say.network, testId: 'graph-as-network' },
          { value: 'table', label: say.table, testId: 'graph-as-table' },
        ]}
        onChange={onMode}
      />
      {custom ? (
        <>
          <AddButtons />
          <BeginFrom className={styles.begin} />
        </>
      ) : (
        <>
          <p className={styles.about}>{say.describe}</p>
          <Button small icon="code" data-testid="graph-take-over" disabled={!job} onClick={() => job && takeOver(job)}>
            {say.edit}
          </Button>
        </>
      )}
      <IconButton label={say.close} icon="close" data-testid="graph-close" onClick={toggleGraph} />
    </div>
  );
}
