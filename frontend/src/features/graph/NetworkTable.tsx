import { words } from '../../words/words';
import { useCell } from '../jobs/useGenerate';
import styles from './facts.module.css';
import { NodePicture } from './NodePicture';
import { pick } from './picked';
import type { SeenNetwork } from './useSeen';

const say = words.graph;

/** The network as a table, one row for each node: the same facts in an order that can be read aloud. */
export function NetworkTable({ network: { nodes, edges }, picked }: { network: SeenNetwork; picked: string | null }) {
  const cell = useCell();
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  const reads = (id: string) =>
    edges.filter(({ to }) => to === id).map(({ from, steps }) => `${names.get(from)}: ${steps.join(', then ')}`);
  return (
    <div className={styles.tableFrame}>
      <table className={styles.table} data-testid="graph-table">
        <caption className="visually-hidden">{say.describe}</caption>
        <thead>
          <tr>
            <th scope="col">{say.columns.name}</th>
            <th scope="col">{say.columns.kind}</th>
            <th scope="col">{say.columns.size}</th>
            <th scope="col">{say.columns.reads}</th>
            <th scope="col">{say.columns.prompt}</th>
            <th scope="col">{say.columns.weight}</th>
            <th scope="col">{say.columns.model}</th>
          </tr>
        </thead>
        <tbody>
          {nodes.map((node) => (
            <tr key={node.id} className={node.id === picked ? styles.pickedRow : ''}>
              <th scope="row">
                <button
                  type="button"
                  className={styles.rowName}
                  aria-pressed={node.id === picked}
                  onClick={() => pick(node)}
                >
                  <span className={styles.rowPicture}>
                    <NodePicture node={node} />
                  </span>
                  {node.name}
                </button>
              </th>
              <td>{say.kinds[node.part]}</td>
              <td>{node.size && say.size(node.size, cell)}</td>
              <td>{reads(node.id).join('; ')}</td>
              <td>{node.prompt}</td>
              <td>{node.weight}</td>
              <td>{node.model}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
