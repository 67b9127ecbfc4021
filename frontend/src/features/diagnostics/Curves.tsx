import { useRef, useState } from 'react';
import type { Agree, JobResource } from '../../api/types';
import { select, useSession } from '../../session';
import type { JobStream } from '../../stream/reducer';
import { useStream } from '../../stream/store';
import { Icon } from '../../ui/icons';
import { Segmented } from '../../ui/Segmented';
import { usePressOutside } from '../../ui/usePressOutside';
import { words } from '../../words/words';
import { Chart, type Quantity } from './Chart';
import { moves, valueAt } from './curve';
import styles from './diagnostics.module.css';
import { type Node, titleOfNode } from './nodes';
import { useNodes } from './useNodes';
import type { Run } from './useRun';

const { dock } = words;

/** The bounds of lambda. The paper's descent has none, so its curves show 0 to 2. */
function boundsOf(size: Agree['step_size']): [number, number] {
  if (size === 'fixed') return [0, 2];
  return 'mu' in size ? [size.min, size.max] : [0, 2];
}

interface TableProps {
  views: readonly Node[];
  stream: JobStream;
  step: number;
}

/** The values of all views at one step. */
function Table({ views, stream, step }: TableProps) {
  const selected = useSession((now) => now.selected);
  return (
    <table data-testid="curve-values">
      <caption>{dock.stepOf(step, stream.of)}</caption>
      <thead>
        <tr>
          <th scope="col">{dock.view}</th>
          <th scope="col">{dock.prompt}</th>
          <th scope="col">{dock.residualCurve}</th>
          <th scope="col">{dock.lambda}</th>
        </tr>
      </thead>
      <tbody>
        {views.map((node) => (
          <tr key={node.name}>
            <th scope="row">
              <button
                type="button"
                className={styles.name}
                aria-label={dock.choose(node.name)}
                aria-pressed={node.owner !== null && node.owner === selected}
                disabled={node.owner === null}
                onClick={() => select(node.owner)}
              >
                <span className={styles.dot} style={{ background: node.colour }} />
                {node.name}
              </button>
            </th>
            <td>
              <div className={styles.prompt}>{titleOfNode(node)}</div>
            </td>
            <td>{valueAt(stream.residuals[node.name], step)?.toPrecision(2) ?? dock.noValue}</td>
            <td>{valueAt(stream.lambdas[node.name], step)?.toFixed(2) ?? dock.noValue}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Sheet({ job, run, stream }: { job: JobResource; run: Run; stream: JobStream }) {
  const { nodes } = useNodes(job);
  const [quantity, setQuantity] = useState<Quantity>('residual');
  const [hovered, setHovered] = useState<number | null>(null);
  const views = nodes.filter(({ name }) => stream.residuals[name]);
  const residual = quantity === 'residual';
  const fixed = !moves(Object.values(stream.lambdas));
  const says = residual ? dock.residualSays : fixed ? dock.lambdaFixed : dock.lambdaSays;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling element must be reachable by keyboard
    <section className={styles.sheet} tabIndex={0} aria-label={dock.curves}>
      <div className={styles.sheetHead}>
        <Segmented<Quantity>
          label={dock.curvesOf}
          value={quantity}
          options={[
            { value: 'residual', label: dock.residualCurve, testId: 'curve-residual' },
            { value: 'lambda', label: dock.lambdaCurve, testId: 'curve-lambda' },
          ]}
          onChange={setQuantity}
        />
        <p>{says}</p>
      </div>
      <Chart
        quantity={quantity}
        views={views}
        curves={residual ? stream.residuals : stream.lambdas}
        step={run.step}
        of={run.of}
        bounds={residual ? null : boundsOf(job.spec.sampling.agree.step_size)}
        onHover={setHovered}
      />
      <Table views={views} stream={stream} step={hovered ?? run.step} />
    </section>
  );
}

/** The curves of the residual and of lambda with axes, and a table of their values at the step that is shown. */
export function Curves({ job, run }: { job: JobResource; run: Run }) {
  const stream = useStream((now) => now.jobs[job.id]);
  const sheet = useRef<HTMLDetailsElement>(null);
  const [open, setOpen] = useState(false);
  usePressOutside(sheet, open, () => setOpen(false));
  if (!stream || Object.keys(stream.residuals).length === 0) return null;
  return (
    <details
      ref={sheet}
      className={styles.residuals}
      open={open}
      data-testid="residuals"
      onToggle={(event) => setOpen(event.currentTarget.open)}
      onKeyDown={(event) => event.key === 'Escape' && setOpen(false)}
    >
      <summary title={dock.curvesTitle}>
        <Icon name="curves" />
        {dock.curves}
      </summary>
      {open && <Sheet job={job} run={run} stream={stream} />}
    </details>
  );
}
