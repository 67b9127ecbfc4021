import { isActive, useJobs } from '../../api/queries';
import type { JobResource } from '../../api/types';
import { showJob, useSession } from '../../session';
import { Button } from '../../ui/Button';
import { words } from '../../words/words';
import styles from './jobs.module.css';
import { useStateInWords } from './Progress';
import { useLive } from './useJob';
import { listed, titleOf } from './words';

const MOST = 3;

function Chip({ job }: { job: JobResource }) {
  const { step, of } = useLive(job).progress;
  const [is, says] = useStateInWords(job);
  const title = titleOf(job.spec);
  const label = words.dock.chip(title, listed([is, says]));
  return (
    <button
      type="button"
      className={styles.chip}
      aria-label={label}
      title={label}
      data-testid="job-chip"
      data-job={job.id}
      onClick={() => showJob(job.id)}
    >
      <span className={styles.chipTitle}>{title}</span>
      <span className={styles.chipTrack}>
        <span className={styles.fill} style={{ transform: `scaleX(${of > 0 ? step / of : 0})` }} />
      </span>
    </button>
  );
}

/** The other jobs that wait or run, each with its progress. A press shows the job on the canvas. */
export function Chips({ shown }: { shown: string | undefined }) {
  const jobs = useJobs().data?.filter((job) => job.id !== shown && isActive(job)) ?? [];
  if (jobs.length === 0) return null;
  return (
    <nav className={styles.chips} aria-label={words.dock.others}>
      {jobs
        .slice(-MOST)
        .reverse()
        .map((job) => (
          <Chip key={job.id} job={job} />
        ))}
      {jobs.length > MOST && (
        <Button small look="quiet" onClick={() => useSession.setState({ drawer: 'queue' })}>
          {words.dock.moreJobs(jobs.length - MOST)}
        </Button>
      )}
    </nav>
  );
}
