import type { JobResource, PreviewSide } from '../../api/types';
import { useSession } from '../../session';
import controls from '../../ui/controls.module.css';
import { Segmented } from '../../ui/Segmented';
import { words } from '../../words/words';
import styles from './diagnostics.module.css';
import { type Node, titleOfNode } from './nodes';
import { useNodes } from './useNodes';
import { type Run, seriesOf } from './useRun';

const { dock } = words;
const SIDES: readonly PreviewSide[] = ['noisy', 'x0', 'residual', 'weights'];

/** Choose what the canvas shows of a run: the estimate, the noisy state or a map, of the whole picture or of one node.
 * What was not kept cannot be chosen after the run. */
export function ShowSwitch({ job, run }: { job: JobResource; run: Run }) {
  const show = useSession((session) => session.show);
  const { nodes, main } = useNodes(job);
  const node = show.node === null ? main : nodes.find(({ name }) => name === show.node);
  const has = (one: Node, what: PreviewSide) =>
    run.active || (one.name === main?.name && what === 'x0') || seriesOf(job.id, run, one, what).steps.length > 0;
  const titles: Record<PreviewSide, string> = {
    noisy: dock.noisyTitle,
    x0: dock.x0Title,
    residual: dock.residualTitle,
    weights: dock.weightsTitle,
  };
  const choose = (chosen: Node, what: PreviewSide) => {
    const side = has(chosen, what) ? what : (SIDES.find((one) => has(chosen, one)) ?? 'x0');
    useSession.setState({ show: { node: chosen.name === main?.name ? null : chosen.name, what: side } });
  };
  return (
    <div className={styles.switch}>
      <Segmented<PreviewSide>
        label={dock.show}
        value={show.what}
        options={SIDES.map((what) => {
          const disabled = node !== undefined && !has(node, what);
          const title = disabled ? `${titles[what]}. ${dock.notKept}` : titles[what];
          return { value: what, label: dock[what], title, disabled, testId: `show-${what}` };
        })}
        onChange={(what) => node && choose(node, what)}
      />
      <span className={styles.dot} style={{ background: node?.colour }} />
      <select
        className={`${controls.input} ${controls.select} ${styles.views}`}
        aria-label={dock.node}
        title={dock.node}
        data-testid="show-node"
        value={node?.name ?? ''}
        onChange={({ target }) => {
          const chosen = nodes.find(({ name }) => name === target.value);
          if (chosen) choose(chosen, show.what);
        }}
      >
        {nodes.map((one) => (
          <option key={one.name} value={one.name} disabled={!SIDES.some((what) => has(one, what))}>
            {one.name === main?.name ? `${one.name}: ${dock.whole}` : `${one.name}: ${titleOfNode(one)}`}
          </option>
        ))}
      </select>
    </div>
  );
}
