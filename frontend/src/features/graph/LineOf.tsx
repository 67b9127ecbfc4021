import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from '@xyflow/react';
import { words } from '../../words/words';
import styles from './cards.module.css';

export type LineEdge = Edge<{ steps: readonly string[]; stands: number; bright: boolean }>;

const LABEL = 168; // pixels of width

/** What a line means, in words: the operators on the way from the control to the view. */
export function wordsOf({ steps, stands }: { steps: readonly string[]; stands: number }): string {
  const chain = steps.join(', then ');
  return stands > 1 ? words.graph.lines(stands, chain) : chain;
}

/** A line from a control to a view, with the operators in words beside its end. */
export function LineOf(props: EdgeProps<LineEdge>) {
  const { id, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data } = props;
  const [path] = getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition });
  if (!data) return null;
  return (
    <>
      <BaseEdge id={id} path={path} className={data.bright ? styles.brightLine : styles.line} />
      <EdgeLabelRenderer>
        <div
          className={styles.lineWords}
          style={{ maxWidth: LABEL, transform: `translate(${targetX - 14}px, ${targetY}px) translate(-100%, -50%)` }}
          data-testid="graph-line"
        >
          {wordsOf(data)}
        </div>
      </EdgeLabelRenderer>
    </>
  );
}
