import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import type { CSSProperties } from 'react';
import { useStream } from '../../stream/store';
import { words } from '../../words/words';
import { useCell } from '../jobs/useGenerate';
import type { Card } from './arrange';
import styles from './cards.module.css';
import { NodePicture } from './NodePicture';
import { pick } from './picked';
import type { Seen } from './seen';

const say = words.graph;

export type CardNode = Node<{
  card: Card;
  nodes: readonly Seen[];
  picked: string | null;
  highlit: ReadonlySet<string>;
  connectable: boolean;
}>;

/** The newest residual of a view while its job runs. */
export function useResidual({ frame, name }: Pick<Seen, 'frame' | 'name'>): string | null {
  const value = useStream((now) => frame && now.jobs[frame.job]?.residuals[name]?.at(-1)?.value);
  return typeof value === 'number' ? say.amount(value) : null;
}

/** Where lines end (one place for each) and begin. Controls are read, and every other node reads. */
function Handles({ card, node, connectable }: { card: Card; node: Seen; connectable: boolean }) {
  if (node.part === 'controls') {
    return <Handle type="source" position={Position.Right} isConnectable={connectable} className={styles.handle} />;
  }
  const places = Math.max(1, card.incoming);
  return Array.from({ length: places }, (_, slot) => (
    <Handle
      // biome-ignore lint/suspicious/noArrayIndexKey: a place has no other name
      key={slot}
      id={String(slot)}
      type="target"
      position={Position.Left}
      isConnectable={connectable}
      className={styles.handle}
      style={{ top: `${(100 * (slot + 0.5)) / places}%` }}
    />
  ));
}

function Facts({ node }: { node: Seen }) {
  const residual = useResidual(node);
  const facts = [
    node.weight === null ? null : say.weight(node.weight),
    node.model || null,
    node.saved ? say.saved : null,
    residual && say.residual(residual),
  ];
  return <span className={styles.facts}>{facts.filter(Boolean).join(' · ')}</span>;
}

/** A control, a view, a law or an output. */
export function NodeCard({ data: { card, nodes, picked, highlit, connectable } }: NodeProps<CardNode>) {
  const [node] = nodes;
  const cell = useCell();
  if (!node) return null;
  const state = `${node.id === picked ? styles.picked : ''} ${highlit.has(node.id) ? styles.highlit : ''}`;
  return (
    <div
      className={`${styles.card} ${state}`}
      style={{ '--colour': node.colour } as CSSProperties}
      data-testid="graph-node"
      data-name={node.name}
      data-picked={node.id === picked || undefined}
    >
      <Handles card={card} node={node} connectable={connectable} />
      <div className={styles.frame}>
        <NodePicture node={node} />
      </div>
      <div className={styles.said}>
        <span className={styles.kind}>{say.kinds[node.part]}</span>
        <strong className={styles.name}>{node.name}</strong>
        {node.part === 'observables' && <span className={styles.prompt}>{node.prompt || say.noPrompt}</span>}
        {node.part !== 'observables' && <span className={styles.prompt}>{node.size && say.size(node.size, cell)}</span>}
        <Facts node={node} />
        {node.faults[0] && (
          <span className={styles.fault} title={node.faults.join('\n')}>
            {node.faults[0]}
          </span>
        )}
      </div>
    </div>
  );
}

/** The windows of one group. Each is a button with its live picture. */
export function GroupCard({ data: { card, nodes, picked, highlit, connectable } }: NodeProps<CardNode>) {
  const [first] = nodes;
  if (!first) return null;
  const faults = nodes.flatMap((node) => node.faults);
  const weights = [...new Set(nodes.map(({ weight }) => weight))];
  return (
    <div className={styles.groupCard} data-testid="graph-group">
      <Handles card={card} node={first} connectable={connectable} />
      <strong className={styles.name}>{say.group(first.group ?? '')}</strong>
      <span className={styles.prompt}>{say.members(nodes.length)}</span>
      <span className={styles.facts}>{weights.map((weight) => say.weight(weight ?? 1)).join(' · ')}</span>
      {faults[0] && <span className={styles.fault}>{faults[0]}</span>}
      <div className={styles.thumbs}>
        {nodes.map((node) => (
          <button
            key={node.id}
            type="button"
            className={`${styles.thumb} nopan ${node.id === picked ? styles.picked : ''} ${highlit.has(node.id) ? styles.highlit : ''}`}
            style={{ '--colour': node.colour } as CSSProperties}
            aria-label={`${node.name} ${node.prompt}`}
            aria-pressed={node.id === picked}
            title={`${node.name} ${node.prompt}`}
            data-testid="graph-window"
            onClick={(event) => {
              event.stopPropagation();
              pick(node);
            }}
          >
            <NodePicture node={node} />
          </button>
        ))}
      </div>
    </div>
  );
}
