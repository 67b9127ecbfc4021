import { shownKeys } from '../../actions/chord';
import { useJobs } from '../../api/queries';
import { useSession } from '../../session';
import { Button } from '../../ui/Button';
import { words } from '../../words/words';
import { useLive } from '../jobs/useJob';
import { accept, compare, discard, useStaged } from './staged';
import styles from './start.module.css';

/** Accept or discard a redrawn box. The new picture is on the canvas, over the old one. */
export function StagedBar() {
  const staged = useStaged((now) => now.staged);
  const job = useSession((now) => now.job);
  const comparing = useStaged((now) => now.comparing);
  const live = useLive(useJobs().data?.find(({ id }) => id === staged?.after));
  if (!staged || staged.after !== job) return null;
  const { dock } = words;
  const done = live?.state === 'succeeded';
  return (
    <section className={styles.staged} aria-label={dock.staged} data-testid="staged">
      <span>{done ? dock.staged : dock.staging}</span>
      <Button
        small
        aria-pressed={comparing}
        title={shownKeys('Shift+C')}
        data-testid="staged-compare"
        onPointerDown={compare}
        onKeyDown={({ key }) => (key === ' ' || key === 'Enter') && compare()}
      >
        {dock.compare}
      </Button>
      <Button small look="quiet" title={shownKeys('Shift+D')} data-testid="staged-discard" onClick={discard}>
        {dock.discard}
      </Button>
      <Button
        small
        look="primary"
        title={shownKeys('Shift+A')}
        disabled={!done}
        data-testid="staged-accept"
        onClick={accept}
      >
        {dock.accept}
      </Button>
    </section>
  );
}
