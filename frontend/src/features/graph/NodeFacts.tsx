import { words } from '../../words/words';
import { useCell } from '../jobs/useGenerate';
import { useResidual } from './cards';
import styles from './facts.module.css';
import { NodePicture } from './NodePicture';
import type { Seen } from './seen';
import type { SeenNetwork } from './useSeen';

const say = words.graph;

/** The facts about the chosen node of a graph that is not edited here. */
export function NodeFacts({ node, network }: { node: Seen; network: SeenNetwork }) {
  const cell = useCell();
  const residual = useResidual(node);
  const names = new Map(network.nodes.map(({ id, name }) => [id, name]));
  const reads = network.edges
    .filter(({ to }) => to === node.id)
    .map(({ from, steps }) => `${names.get(from)}: ${steps.join(', then ')}`);
  const facts: readonly (readonly [string, string | null])[] = [
    [say.columns.size, node.size && say.size(node.size, cell)],
    [say.columns.reads, reads.join('; ') || null],
    [say.columns.prompt, node.prompt || null],
    [say.facts.negative, node.negative || null],
    [say.columns.weight, node.weight === null ? null : String(node.weight)],
    [say.facts.group, node.group],
    [say.columns.model, node.model || null],
    [say.facts.residual, residual],
  ];
  return (
    <div className={styles.factsPane} data-testid="node-facts">
      <h3 className={styles.factsTitle}>
        {say.kinds[node.part]} {node.name}
      </h3>
      <div className={styles.large}>
        <NodePicture node={node} />
      </div>
      <dl className={styles.list}>
        {facts.map(
          ([term, fact]) =>
            fact && (
              <div key={term}>
                <dt>{term}</dt>
                <dd>{fact}</dd>
              </div>
            ),
        )}
      </dl>
    </div>
  );
}
