import type { ReactNode } from 'react';
import { useQueue } from '../../api/queries';
import type { JobResource } from '../../api/types';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/icons';
import { toast } from '../../ui/toasts';
import { Unanswered } from '../../ui/Unanswered';
import { words } from '../../words/words';
import { showOnCanvas, trash } from '../gallery/changes';
import { Progressing } from '../gallery/Thumbnail';
import { cancel, putFirst, retry } from '../jobs/actions';
import { type Live, useLive } from '../jobs/useJob';
import { titleOf } from '../jobs/words';
import styles from './queue.module.css';
import { useMyQueue } from './useMyQueue';

const said = words.gallery;

function sentenceOf(job: JobResource, live: Live): string {
  const { step, of } = live.progress;
  switch (live.state) {
    case 'running':
      if (job.cancel_requested) return said.stopping;
      return step > 0 ? said.step(step, of) : said.loadingModel;
    case 'queued': {
      const before = job.position ? said.before(job.position) : said.next;
      const start =
        job.starts_in == null ? '' : `, ${said.startsIn(words.numbers.duration(Math.max(1, job.starts_in)))}`;
      return (job.last_error?.detail ?? before) + start;
    }
    default:
      return live.error?.detail ?? words.jobs.states[live.state];
  }
}

function Bar({ step, of }: { step: number; of: number }) {
  return (
    <div
      className={styles.track}
      role="progressbar"
      aria-label={said.running}
      aria-valuemin={0}
      aria-valuemax={of || 1}
      aria-valuenow={step}
    >
      <div className={styles.fill} style={{ transform: `scaleX(${of > 0 ? step / of : 0})` }} />
    </div>
  );
}

/** One job. `behind`: another job of the visitor waits before it. */
function Row({ job, behind }: { job: JobResource; behind: boolean }) {
  const live = useLive(job);
  const active = live.state === 'running' || live.state === 'queued';
  return (
    <li className={styles.item} data-testid="queue-item" data-job={job.id} data-state={live.state}>
      <button type="button" className={styles.job} data-testid="queue-show" onClick={() => showOnCanvas(job)}>
        <span className={styles.preview}>
          {live.state === 'running' ? <Progressing job={job} /> : <Icon name={active ? 'queue' : 'close'} />}
        </span>
        <span className={styles.words}>
          <span className={styles.title}>{titleOf(job.spec)}</span>
          <span className={styles.says}>{sentenceOf(job, live)}</span>
        </span>
      </button>
      {live.state === 'running' && <Bar {...live.progress} />}
      <div className={styles.acts}>
        {behind && (
          <Button small data-testid="queue-first" title={said.firstTitle} onClick={() => putFirst(job.id)}>
            {said.first}
          </Button>
        )}
        {active ? (
          <Button small data-testid="queue-cancel" disabled={job.cancel_requested} onClick={() => cancel(job.id)}>
            {said.cancel}
          </Button>
        ) : (
          <>
            <Button small icon="retry" data-testid="queue-retry" onClick={() => retry(job.id)}>
              {said.retry}
            </Button>
            <Button small icon="trash" look="danger" data-testid="queue-remove" onClick={() => trash([job.id])}>
              {said.remove}
            </Button>
          </>
        )}
      </div>
    </li>
  );
}

function Part({ title, jobs, children }: { title: string; jobs: readonly JobResource[]; children?: ReactNode }) {
  if (jobs.length === 0) return null;
  return (
    <section className={styles.part} aria-label={title}>
      <div className={styles.head}>
        <h3 className={styles.heading}>
          {title} <span className={styles.count}>{jobs.length}</span>
        </h3>
        {children}
      </div>
      <ul className={styles.list}>
        {jobs.map((job, index) => (
          <Row key={job.id} job={job} behind={job.state === 'queued' && index > 0} />
        ))}
      </ul>
    </section>
  );
}

async function cancelAll(jobs: readonly JobResource[]): Promise<void> {
  for (const job of jobs) await cancel(job.id);
  toast(said.cancelledAll(jobs.length));
}

/** The visitor's jobs: what runs, what waits and when it starts, and what ended without a picture. */
export default function Queue() {
  const { data, error, refetch } = useMyQueue();
  const all = useQueue().data;
  const { running = [], queued = [], ended = [] } = data ?? {};
  const active = [...queued, ...running];
  return (
    <div className={styles.queue} data-testid="queue" aria-busy={data === undefined}>
      <div className={styles.bar}>
        <p className={styles.says}>{all && said.all(all.queued, all.running)}</p>
        <Button
          small
          look="danger"
          disabled={active.length === 0}
          data-testid="cancel-all"
          onClick={() => cancelAll(active)}
        >
          {said.cancelAll}
        </Button>
      </div>
      {data === undefined && <Unanswered error={error} onAgain={() => refetch()} />}
      {data && active.length === 0 && (
        <div className={styles.empty} data-testid="queue-empty">
          <p>{said.queueEmpty}</p>
          <p className={styles.says}>{said.queueEmptyHint}</p>
        </div>
      )}
      <Part title={said.running} jobs={running} />
      <Part title={said.waiting} jobs={queued} />
      <Part title={said.ended} jobs={ended} />
    </div>
  );
}
