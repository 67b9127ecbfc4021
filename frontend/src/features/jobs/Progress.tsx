import { isActive } from '../../api/queries';
import type { JobResource } from '../../api/types';
import { useStream } from '../../stream/store';
import { words } from '../../words/words';
import styles from './jobs.module.css';
import { useLive } from './useJob';
import { listed, seedsOf, titleOf } from './words';

const { dock } = words;

/** The state of a job in words: "Running", and how far. */
export function useStateInWords(job: JobResource): [state: string, says: string] {
  const { state, progress, seconds, outputs } = useLive(job);
  const reason = useStream((now) => now.jobs[job.id]?.reason);
  const { states } = words.jobs;
  const { step, of } = progress;
  const stopped = outputs.find(({ stopped_at }) => stopped_at !== null)?.stopped_at;
  switch (state) {
    case 'queued': {
      if (job.paused) return [states.queued, words.queue.paused[job.paused]];
      const before = job.position ?? 0;
      const place = before > 0 ? words.jobs.before(before) : words.jobs.next;
      const starts = before > 0 && job.starts_in != null ? dock.startsIn(job.starts_in) : null;
      return [states.queued, reason ?? job.last_error?.detail ?? listed([place, starts])];
    }
    case 'running': {
      if (job.cancel_requested || job.stop_requested) return [states.running, dock.afterStep];
      const left =
        step > 2 && step < of && seconds !== null ? words.jobs.left(Math.ceil((seconds / step) * (of - step))) : null;
      const at = words.jobs.step(step, of);
      return [states.running, of > 0 ? listed([at, left]) : words.jobs.loadingModel];
    }
    case 'succeeded': {
      const took = seconds === null ? null : words.jobs.took(seconds);
      if (stopped) return [dock.stopped, dock.stoppedAt(stopped.step, stopped.of)];
      return [states.succeeded, listed([took, seedsOf(job.spec)])];
    }
    case 'failed':
      return [states.failed, ''];
    case 'cancelled':
      return [states.cancelled, of > 0 ? words.jobs.endedAt(step, of) : ''];
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
          aria-label={words.jobs.progress}
          aria-valuemin={0}
          aria-valuemax={of || 1}
          aria-valuenow={step}
          aria-valuetext={listed([is, says])}
        >
          <div className={styles.fill} style={{ transform: `scaleX(${share})` }} />
        </div>
      )}
    </div>
  );
}
