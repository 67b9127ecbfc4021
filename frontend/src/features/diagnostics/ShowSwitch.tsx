import { isActive } from '../../api/queries';
import type { JobResource } from '../../api/types';
import { PICTURE, type Show, useSession } from '../../session';
import controls from '../../ui/controls.module.css';
import { Segmented } from '../../ui/Segmented';
import { useLive } from '../jobs/useJob';
import styles from './diagnostics.module.css';
import { useNodes } from './useNodes';

type Side = 'picture' | 'noisy' | 'residual' | 'view';

const SIDES: Record<Exclude<Side, 'view'>, Show> = {
  picture: PICTURE,
  noisy: { node: 'x', what: 'noisy' },
  residual: { node: 'x', what: 'residual' },
};

const show = (next: Show) => useSession.setState({ show: next });

function sideOf({ node, what }: Show): Side {
  if (node !== 'x') return 'view';
  return what === 'x0' ? 'picture' : what;
}

/** What the canvas shows of the running job: the picture, what the sampler really holds, or one view's own answer. */
export function ShowSwitch({ job }: { job: JobResource }) {
  const now = useSession((session) => session.show);
  const running = isActive(useLive(job));
  const nodes = useNodes(job);
  if (!running) return null;
  return (
    <div className={styles.switch}>
      <Segmented
        label="Show on the canvas"
        value={sideOf(now)}
        options={[
          { value: 'picture', label: 'Picture' },
          { value: 'noisy', label: 'Noisy', title: 'The canvas as the sampler holds it, noise and all' },
          { value: 'residual', label: 'Disagreement', title: 'Where the views still disagree (residual)' },
        ]}
        onChange={(side) => side !== 'view' && show(SIDES[side])}
      />
      <select
        className={`${controls.input} ${controls.select} ${styles.views}`}
        aria-label="Show a single view"
        title="What one view alone would paint (y1, y2 ...)"
        value={now.node === 'x' ? '' : now.node}
        onChange={(event) => show(event.target.value === '' ? PICTURE : { node: event.target.value, what: 'x0' })}
      >
        <option value="">View…</option>
        {nodes.map(({ name, prompt }) => (
          <option key={name} value={name}>
            {name} {prompt}
          </option>
        ))}
      </select>
    </div>
  );
}
