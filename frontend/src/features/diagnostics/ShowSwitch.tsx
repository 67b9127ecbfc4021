import { isActive } from '../../api/queries';
import type { JobResource, PreviewSide } from '../../api/types';
import { PICTURE, useSession } from '../../session';
import controls from '../../ui/controls.module.css';
import { Segmented } from '../../ui/Segmented';
import { useLive } from '../jobs/useJob';
import styles from './diagnostics.module.css';
import { titleOfNode } from './nodes';
import { useNodes } from './useNodes';

/** Choose what the canvas shows of a running job: the predicted picture, the sampler's noisy state, or one node of the
 * graph. */
export function ShowSwitch({ job }: { job: JobResource }) {
  const { node, what } = useSession((session) => session.show);
  const running = isActive(useLive(job));
  const { nodes, main } = useNodes(job);
  if (!running) return null;
  return (
    <div className={styles.switch}>
      <Segmented<PreviewSide | 'node'>
        label="Show on the canvas"
        value={node === null ? what : 'node'}
        options={[
          { value: 'x0', label: 'Picture', title: 'The prediction of the finished picture (x0)' },
          { value: 'noisy', label: 'Noisy', title: 'The canvas as the sampler holds it, with its noise (x)' },
          { value: 'residual', label: 'Disagreement', title: 'Where the views still want different pixels (residual)' },
        ]}
        onChange={(side) => side !== 'node' && useSession.setState({ show: { node: null, what: side } })}
      />
      <select
        className={`${controls.input} ${controls.select} ${styles.views}`}
        aria-label="Show a single view"
        title="What one view alone predicts (y1, y2 ...)"
        data-testid="show-node"
        value={node ?? ''}
        onChange={({ target }) =>
          useSession.setState({ show: target.value === '' ? PICTURE : { node: target.value, what: 'x0' } })
        }
      >
        <option value="">View…</option>
        {nodes
          .filter(({ name }) => name !== main?.name)
          .map((one) => (
            <option key={one.name} value={one.name}>
              {one.name} {titleOfNode(one)}
            </option>
          ))}
      </select>
    </div>
  );
}
