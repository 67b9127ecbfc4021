import { lazy, useState } from 'react';
import { textOf } from '../../document/graph';
import { useDraft } from '../../document/store';
import { Later } from '../../ui/Later';
import { Segmented } from '../../ui/Segmented';
import { words } from '../../words/words';
import { useGenerate } from '../jobs/useGenerate';
import styles from './graph.module.css';
import { NodeEditor } from './NodeEditor';
import { NodeFacts } from './NodeFacts';
import type { Seen } from './seen';
import type { SeenNetwork } from './useSeen';

const say = words.graph;
const TextEditor = lazy(() => import('./TextEditor'));

/** The chosen node, and the graph as JSON, beside the network. */
export function Side({ network, node }: { network: SeenNetwork | null; node: Seen | undefined }) {
  const custom = useDraft((now) => now.draft.kind === 'custom');
  const { text } = useDraft((now) => now.draft.custom);
  const { compiled } = useGenerate();
  const [tab, setTab] = useState<'fields' | 'json'>('fields');
  const shown = custom ? text : compiled ? textOf(compiled.graph) : '';
  const nodes = network?.nodes ?? [];
  return (
    <div className={styles.side} tabIndex={-1}>
      <div className={styles.tabs}>
        <Segmented
          label={say.side}
          value={tab}
          options={[
            { value: 'fields', label: say.fields, testId: 'graph-fields' },
            { value: 'json', label: say.json, testId: 'graph-json' },
          ]}
          onChange={setTab}
        />
      </div>
      {tab === 'json' && (
        <Later>
          <TextEditor key={String(custom)} text={shown} nodes={nodes} picked={node} fixed={!custom} />
        </Later>
      )}
      {tab === 'fields' && !node && <p className={styles.none}>{say.facts.pick}</p>}
      {tab === 'fields' && node && network && (
        <div className={styles.fields}>
          {custom ? <NodeEditor node={node} /> : <NodeFacts node={node} network={network} />}
        </div>
      )}
    </div>
  );
}
