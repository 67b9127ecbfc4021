import { lazy } from 'react';
import { Later } from '../../ui/Later';
import { words } from '../../words/words';
import { Chips } from '../jobs/Chips';
import { useShownJob } from '../jobs/useJob';
import styles from './shell.module.css';

const JobBar = lazy(() => import('../jobs/JobBar').then(({ JobBar }) => ({ default: JobBar })));

/** The run whose picture is on the canvas. It has the same height with and without a run, so the canvas never jumps. */
export function Dock() {
  const job = useShownJob();
  return (
    <section className={styles.dock} aria-label={words.shell.run} data-testid="dock">
      {job ? (
        <Later>
          <JobBar key={job.id} job={job} />
        </Later>
      ) : (
        <div className={styles.noRun}>
          <p>
            <strong>{words.shell.noRun}</strong> {words.shell.noRunHint}
          </p>
          <Chips shown={undefined} />
        </div>
      )}
    </section>
  );
}
