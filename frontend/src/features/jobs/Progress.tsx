import { isActive } from '../../api/queries';
import type { JobResource } from '../../api/types';
import { useStream } from '../../stream/store';
import { words } from '../../words/words';
import styles from './jobs.module.css';
import { useLive } from './useJob';
import { counted, duration, STATES, seedsOf, titleOf } from './words';

const { dock } = words;

/** The state of a job in words: "Running", and how far. */
export function useStateInWords(job: JobResource): [state: string, says: string] {
  const { state, progress, seconds, outputs } = useLive(job);
  const reason = useStream((now) => now.jobs[job.id]?.reason);
  const { step, of } = progress;
  const stopped = outputs.find(({ stopped_at }) => stopped_at !== null)?.stopped_at;
  switch (state) {
    case 'queued': {
      const before = job.position ?? 0;
      const place = before > 0 ? `${counted(before, 'job')} before it` : 'next in line';
      const starts = before > 0 && job.starts_in != null ? `, ${dock.startsIn(job.starts_in)}` : '';
      return [STATES.queued, reason ?? job.last_error?.detail ?? `${place}${starts}`];
    }
    case 'running': {
      if (job.cancel_requested || job.stop_requested) return [STATES.running, dock.afterStep];
      const left =
        step > 2 && step < of && seconds !== null
          ? `, about ${duration(Math.ceil((seconds / step) * (of - step)))} left`
          : '';
      return [STATES.running, of > 0 ? `step ${step} of ${of}${left}` : 'loading the model'];
    }
    case 'succeeded': {
      const took = seconds === null ? null : `in ${duration(seconds)}`;
      if (stopped) return [dock.stopped, dock.stoppedAt(stopped.step, stopped.of)];
      return [STATES.succeeded, [took, seedsOf(job.spec)].filter(Boolean).join(', ')];
    }
    case 'failed':
      return [STATES.failed, ''];
    case 'cancelled':
      return [STATES.cancelled, of > 0 ? `at step ${step} of ${of}` : ''];
  }
}

/** The state of the job and how far it is. */
export function Progress({ job }: { job: JobResource }) {
  const { state, progress } = useLive(job);
  const { step, of } = progress;
  const [is, says] = useStateInWords(job);
  const share = of > 0 ? step / of : 0;
  return (
    <div className={styles.state} data-testid="progress" data-step={step} data-of={of} data-state={state}>
      <div className={styles.says}>
        <strong>{is}</strong>
        <span>{says}</span>
        {!isActive({ state }) && <span className={styles.muted}>{titleOf(job.spec)}</span>}
      </div>
      {isActive({ state }) && (
        <div
          className={styles.track}
          role="progressbar"
          aria-label="Progress of the picture"
          aria-valuemin={0}
          aria-valuemax={of || 1}
          aria-valuenow={step}
          aria-valuetext={`${is}, ${says}`}
        >
          <div className={styles.fill} style={{ transform: `scaleX(${share})` }} />
        </div>
      )}
    </div>
  );
}
