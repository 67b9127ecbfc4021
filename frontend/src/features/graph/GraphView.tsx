import { useMemo, useState } from 'react';
import { refreshAfterAbsence, useModels } from '../../api/queries';
import { graphOf } from '../../document/graph';
import { useDraft } from '../../document/store';
import { useSession } from '../../session';
import { Unanswered } from '../../ui/Unanswered';
import { words } from '../../words/words';
import { useAlsoShown } from '../diagnostics/useAlsoShown';
import { useGenerate } from '../jobs/useGenerate';
import { Bar, type Mode } from './Bar';
import { EditingProvider, useEditing } from './editing';
import { Flow } from './Flow';
import styles from './graph.module.css';
import { NetworkTable } from './NetworkTable';
import { pickedOf, usePicked } from './picked';
import { Side } from './Side';
import { useNetwork } from './useSeen';

const say = words.graph;

/** Says that the server has not compiled the layout yet, that it cannot be reached, or that the layout is not valid. */
function Uncompiled() {
  const { data: models, error } = useModels();
  const { job, compiled, problem } = useGenerate();
  const refused = problem !== null && problem.status >= 400 && problem.status < 500;
  if (refused || compiled || (models && job === null)) return <p className={styles.empty}>{say.none}</p>;
  return (
    <div className={styles.empty}>
      <Unanswered error={problem ?? error} onAgain={refreshAfterAbsence} />
    </div>
  );
}

/** What stands over the network: how to begin, or why it is not the graph of the text. */
function Notice({ empty }: { empty: boolean }) {
  const draft = useDraft((now) => now.draft);
  const broken = draft.kind === 'custom' && draft.custom.text.trim() !== '' && !graphOf(draft.custom.text).graph;
  if (broken) {
    return (
      <p className={styles.broken} role="status" data-testid="graph-broken">
        {say.notJson}
      </p>
    );
  }
  if (!empty) return null;
  return draft.kind === 'custom' ? <p className={styles.empty}>{say.start}</p> : <Uncompiled />;
}

/** The bipartite network of the current layout: the controls, and what is seen of them. A graph of one's own is edited here, by
 * hand, by keyboard and as JSON. */
export default function GraphView() {
  const network = useNetwork();
  const editing = useEditing();
  const [mode, setMode] = useState<Mode>('network');
  const id = usePicked((now) => now.id);
  const selected = useSession((now) => now.selected);
  useAlsoShown((network?.nodes ?? []).filter(({ frame }) => frame !== null).map(({ name }) => name));
  const nodes = network?.nodes;
  const node = nodes && pickedOf(nodes, id, selected);
  const highlit = useMemo(
    () => new Set(selected === null ? [] : nodes?.filter(({ owner }) => owner === selected).map((one) => one.id)),
    [nodes, selected],
  );
  const picked = node?.id ?? null;
  return (
    <EditingProvider value={editing}>
      <section className={styles.view} aria-label={say.title} data-testid="graph-view">
        <Bar mode={mode} onMode={setMode} />
        <div className={styles.split}>
          <div className={styles.main}>
            {network && mode === 'network' && <Flow network={network} picked={picked} highlit={highlit} />}
            {network && mode === 'table' && <NetworkTable network={network} picked={picked} />}
            <Notice empty={!nodes?.length} />
          </div>
          <Side network={network} node={node} />
        </div>
      </section>
    </EditingProvider>
  );
}
