import { useEffect, useMemo, useState } from 'react';
import { useSession } from '../../session';
import { Segmented } from '../../ui/Segmented';
import { words } from '../../words/words';
import { Flow } from './Flow';
import styles from './graph.module.css';
import { NetworkTable } from './NetworkTable';
import { NodeFacts } from './NodeFacts';
import { pickedOf, usePicked } from './picked';
import { type SeenNetwork, useNetwork } from './useSeen';

const say = words.graph;
const MOST_SHOWN = 64; // MAX_SHOWN of the server

/** Ask for live pictures of all nodes while the view is open. */
function useLivePictures(network: SeenNetwork | null): void {
  const names = (network?.nodes ?? []).filter(({ frame }) => frame !== null).map(({ name }) => name);
  const key = names.slice(0, MOST_SHOWN).join(' ');
  useEffect(() => {
    useSession.setState({ alsoShown: key === '' ? [] : key.split(' ') });
  }, [key]);
  useEffect(() => () => void useSession.setState({ alsoShown: [] }), []);
}

/** The bipartite network of the current layout: the controls and what is seen of them. */
export default function GraphView() {
  const network = useNetwork();
  const [mode, setMode] = useState<'network' | 'table'>('network');
  const id = usePicked((now) => now.id);
  const selected = useSession((now) => now.selected);
  useLivePictures(network);
  const nodes = network?.nodes;
  const node = nodes && pickedOf(nodes, id, selected);
  const highlit = useMemo(
    () => new Set(selected === null ? [] : nodes?.filter(({ owner }) => owner === selected).map((one) => one.id)),
    [nodes, selected],
  );
  const picked = node?.id ?? null;
  return (
    <section className={styles.view} aria-label={say.title} data-testid="graph-view">
      <div className={styles.bar}>
        <Segmented
          label={say.views}
          value={mode}
          options={[
            { value: 'network', label: say.network, testId: 'graph-as-network' },
            { value: 'table', label: say.table, testId: 'graph-as-table' },
          ]}
          onChange={setMode}
        />
        <p className={styles.about}>{say.describe}</p>
      </div>
      <div className={styles.split}>
        <div className={styles.main}>
          {!network && <p className={styles.none}>{say.none}</p>}
          {network && mode === 'network' && <Flow network={network} picked={picked} highlit={highlit} />}
          {network && mode === 'table' && <NetworkTable network={network} picked={picked} />}
        </div>
        {network && node && (
          <div className={styles.side}>
            <NodeFacts node={node} network={network} />
          </div>
        )}
      </div>
    </section>
  );
}
