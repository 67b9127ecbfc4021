import type { JobResource } from '../../api/types';
import { useStream } from '../../stream/store';
import { words } from '../../words/words';
import styles from './jobs.module.css';

/** The notices of a job's sampler, shown as a quiet note. */
export function Notices({ job }: { job: JobResource }) {
  const notices = useStream((now) => now.jobs[job.id]?.notices);
  const [first, ...others] = notices ?? [];
  if (!first) return null;
  const says = words.jobs.notice(first.step, first.detail);
  if (others.length === 0) {
    return (
      <p className={styles.notices} data-testid="notices">
        {says}
      </p>
    );
  }
  return (
    <details className={styles.notices} data-testid="notices">
      <summary>
        {says} <u>{words.jobs.moreNotes(others.length)}</u>
      </summary>
      <ul>
        {others.map(({ seq, step, detail }) => (
          <li key={seq}>{words.jobs.notice(step, detail)}</li>
        ))}
      </ul>
    </details>
  );
}
