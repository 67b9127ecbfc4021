import { useRef, useState } from 'react';
import type { JobResource } from '../../api/types';
import type { JobStream } from '../../stream/reducer';
import { useStream } from '../../stream/store';
import { usePressOutside } from '../../ui/usePressOutside';
import { curvePoints, range } from './curve';
import styles from './diagnostics.module.css';
import type { Node } from './nodes';
import { useNodes } from './useNodes';

interface CurvesProps {
  names: readonly string[];
  colours: ReadonlyMap<string, string>;
  stream: JobStream;
  width: number;
  height: number;
}

function Curves({ names, colours, stream, width, height }: CurvesProps) {
  const bounds = range(Object.values(stream.curves));
  return (
    <svg className={styles.curves} width={width} height={height} aria-hidden="true">
      {names.map((name) => (
        <polyline
          key={name}
          points={curvePoints(stream.curves[name] ?? [], stream.of, bounds, { width, height })}
          stroke={colours.get(name) ?? 'currentColor'}
        />
      ))}
    </svg>
  );
}

function Row({ node, stream, colours }: { node: Node; stream: JobStream; colours: ReadonlyMap<string, string> }) {
  const last = stream.curves[node.name]?.findLast((point) => point !== undefined);
  const lambda = stream.stepSizes[node.name];
  return (
    <tr>
      <td>
        <span className={styles.name}>
          <span className={styles.dot} style={{ background: node.colour }} />
          {node.name}
        </span>
      </td>
      <td>
        <div className={styles.prompt}>{node.prompt}</div>
      </td>
      <td>
        <Curves names={[node.name]} colours={colours} stream={stream} width={72} height={20} />
      </td>
      <td>{last?.value.toPrecision(2) ?? '–'}</td>
      <td>{lambda?.toFixed(2) ?? '–'}</td>
    </tr>
  );
}

/** How far every view still is from the picture that all agree on, step by step. */
export function Residuals({ job }: { job: JobResource }) {
  const stream = useStream((now) => now.jobs[job.id]);
  const nodes = useNodes(job);
  const sheet = useRef<HTMLDetailsElement>(null);
  const [open, setOpen] = useState(false);
  usePressOutside(sheet, open, () => setOpen(false));
  if (!stream || Object.keys(stream.curves).length === 0) return null;
  const colours = new Map(nodes.map(({ name, colour }) => [name, colour]));
  return (
    <details
      ref={sheet}
      className={styles.residuals}
      name="residuals"
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      onKeyDown={(event) => event.key === 'Escape' && setOpen(false)}
    >
      <summary title="How far each view is from what all agree on (residual, log scale)">
        <span>Residual</span>
        <Curves names={Object.keys(stream.curves)} colours={colours} stream={stream} width={112} height={24} />
      </summary>
      <div className={styles.sheet}>
        <p>
          How far each view still is from the one picture that all agree on, on a log scale. λ is how far it may step
          along its own noise.
        </p>
        <table>
          <thead>
            <tr>
              <th scope="col">View</th>
              <th scope="col">Prompt</th>
              <th scope="col">By step</th>
              <th scope="col">Now</th>
              <th scope="col">λ</th>
            </tr>
          </thead>
          <tbody>
            {nodes.map((node) => (
              <Row key={node.name} node={node} stream={stream} colours={colours} />
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
