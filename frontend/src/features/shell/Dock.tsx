import { words } from '../../words/words';
import { JobBar } from '../jobs/JobBar';
import { useShownJob } from '../jobs/useJob';
import styles from './shell.module.css';

/** The run whose picture is on the canvas. It has the same height with and without a run, so the canvas never jumps. */
export function Dock() {
  const job = useShownJob();
  return (
    <section className={styles.dock} aria-label={words.shell.run} data-testid="dock">
      {job ? (
        <JobBar />
      ) : (
        <p className={styles.noRun}>
          <strong>{words.shell.noRun}</strong> {words.shell.noRunHint}
        </p>
      )}
    </section>
  );
}
