import { useRef, useState } from 'react';
import type { Agree, JobResource } from '../../api/types';
import type { JobStream } from '../../stream/reducer';
import { useStream } from '../../stream/store';
import { usePressOutside } from '../../ui/usePressOutside';
import { curvePoints, linear, logarithmic, moves, range, type Scale } from './curve';
import styles from './diagnostics.module.css';
import { type Node, titleOfNode } from './nodes';
import { useNodes } from './useNodes';

type Colours = ReadonlyMap<string, string>;

interface CurvesProps {
  names: readonly string[];
  curves: JobStream['residuals'];
  of: number;
  scale: Scale;
  bounds: [number, number];
  colours: Colours;
  width: number;
  height: number;
}

function Curves({ names, curves, of, scale, bounds, colours, width, height }: CurvesProps) {
  return (
    <svg className={styles.curves} width={width} height={height} aria-hidden="true">
      {names.map((name) => (
        <polyline
          key={name}
          points={curvePoints(curves[name] ?? [], of, scale, bounds, { width, height })}
          stroke={colours.get(name) ?? 'currentColor'}
        />
      ))}
    </svg>
  );
}

const SMALL = { width: 64, height: 20 };
const latest = (curves: JobStream['residuals'], name: string) =>
  curves[name]?.findLast((point) => point !== undefined)?.value;

interface SheetProps {
  stream: JobStream;
  colours: Colours;
  /** The bounds of lambda, or null if it is fixed. */
  /** The range of the curves of λ, or null if λ is fixed. */
  moving: [number, number] | null;
}

const residualBounds = (stream: JobStream) => range(Object.values(stream.residuals), logarithmic);

function Row({ node, stream, colours, moving }: SheetProps & { node: Node }) {
  const { name, colour } = node;
  const shared = { names: [name], of: stream.of, colours, ...SMALL };
  return (
    <tr>
      <td>
        <span className={styles.name}>
          <span className={styles.dot} style={{ background: colour }} />
          {name}
        </span>
      </td>
      <td>
        <div className={styles.prompt}>{titleOfNode(node)}</div>
      </td>
      <td>
        <Curves {...shared} curves={stream.residuals} scale={logarithmic} bounds={residualBounds(stream)} />
      </td>
      <td>{latest(stream.residuals, name)?.toPrecision(2) ?? '–'}</td>
      {moving && (
        <td data-testid="lambda-trace">
          <Curves {...shared} curves={stream.lambdas} scale={linear} bounds={moving} />
        </td>
      )}
      <td>{latest(stream.lambdas, name)?.toFixed(2) ?? '–'}</td>
    </tr>
  );
}

/** The bounds of lambda. The paper's descent has none, so its curves show 0 to 2. */
function rangeOf(size: Agree['step_size']): [number, number] | null {
  if (size === 'fixed') return null;
  return 'mu' in size ? [size.min, size.max] : [0, 2];
}

/** The curves of every view, with their latest values. */
function Sheet({ nodes, ...shared }: SheetProps & { nodes: readonly Node[] }) {
  const { stream, moving } = shared;
  const stayed = moves(Object.values(stream.lambdas)) ? '' : moving ? '; here it stayed at 1' : '; here it is always 1';
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling element must be reachable by keyboard
    <section className={styles.sheet} tabIndex={0} aria-label="Residuals by view">
      <p>
        How far each view still is from the one picture that all agree on, on a log scale. λ is how far it may step
        along its own noise{stayed}.
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">View</th>
            <th scope="col">Prompt</th>
            <th scope="col">By step</th>
            <th scope="col">Now</th>
            {moving && <th scope="col">λ by step</th>}
            <th scope="col">λ</th>
          </tr>
        </thead>
        <tbody>
          {nodes
            .filter(({ kind }) => kind === 'view')
            .map((node) => (
              <Row key={node.name} node={node} {...shared} />
            ))}
        </tbody>
      </table>
    </section>
  );
}

/** The distance of every view from the agreed picture, step by step, and the curve of lambda. */
export function Residuals({ job }: { job: JobResource }) {
  const stream = useStream((now) => now.jobs[job.id]);
  const { nodes } = useNodes(job);
  const sheet = useRef<HTMLDetailsElement>(null);
  const [open, setOpen] = useState(false);
  usePressOutside(sheet, open, () => setOpen(false));
  if (!stream || Object.keys(stream.residuals).length === 0) return null;
  const size = job.spec.sampling.agree.step_size;
  const colours = new Map(nodes.map(({ name, colour }) => [name, colour]));
  return (
    <details
      ref={sheet}
      className={styles.residuals}
      name="residuals"
      open={open}
      data-testid="residuals"
      onToggle={(event) => setOpen(event.currentTarget.open)}
      onKeyDown={(event) => event.key === 'Escape' && setOpen(false)}
    >
      <summary title="How far each view is from what all agree on (residual, log scale)">
        <span>Residual</span>
        <Curves
          names={Object.keys(stream.residuals)}
          curves={stream.residuals}
          of={stream.of}
          scale={logarithmic}
          bounds={residualBounds(stream)}
          colours={colours}
          width={112}
          height={24}
        />
      </summary>
      <Sheet nodes={nodes} stream={stream} colours={colours} moving={rangeOf(size)} />
    </details>
  );
}
