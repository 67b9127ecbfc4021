import type { ButtonHTMLAttributes, CSSProperties, Ref } from 'react';
import type { JobResource } from '../../api/types';
import { Button, IconButton } from '../../ui/Button';
import { Icon } from '../../ui/icons';
import { words } from '../../words/words';
import { showOnCanvas, trash } from '../gallery/changes';
import { Progressing } from '../gallery/Thumbnail';
import { arrange, cancel, retry } from '../jobs/actions';
import { type Live, useLive } from '../jobs/useJob';
import { titleOf } from '../jobs/words';
import styles from './queue.module.css';

const said = words.gallery;

function sentenceOf(job: JobResource, live: Live, ofOthers: boolean): string {
  const { step, of } = live.progress;
  switch (live.state) {
    case 'running':
      if (job.cancel_requested) return said.stopping;
      return step > 0 ? said.step(step, of) : said.loadingModel;
    case 'queued': {
      if (job.paused === 'owner' && ofOthers) return words.queue.pausedByOwner;
      if (job.paused) return words.queue.paused[job.paused];
      const before = job.background ? words.queue.background : job.position ? said.before(job.position) : said.next;
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

type Grip = ButtonHTMLAttributes<HTMLButtonElement> & { ref: Ref<HTMLButtonElement> };

interface RowProps {
  job: JobResource;
  /** The owner's name, where the jobs of several owners are listed. */
  owner?: string | null;
  /** What dragging needs, if the job can be dragged. */
  grip?: Grip;
  place?: (element: HTMLElement | null) => void;
  style?: CSSProperties;
  dragging?: boolean;
  /** True if another job of the visitor waits before it. */
  behind?: boolean;
}

/** One job. */
export function Row({ job, owner = null, grip, place, style, dragging = false, behind = false }: RowProps) {
  const title = titleOf(job.spec);
  const live = useLive(job);
  const active = live.state === 'running' || live.state === 'queued';
  return (
    <li
      ref={place}
      style={style}
      className={styles.item}
      data-testid="queue-item"
      data-job={job.id}
      data-state={live.state}
      data-dragging={dragging}
      data-paused={live.state === 'queued' ? job.paused : null}
    >
      <button type="button" className={styles.job} data-testid="queue-show" onClick={() => showOnCanvas(job)}>
        <span className={styles.preview}>
          {live.state === 'running' ? (
            <Progressing job={job} />
          ) : (
            <Icon name={active ? (job.paused ? 'pause' : 'queue') : 'close'} />
          )}
        </span>
        <span className={styles.words}>
          <span className={styles.title}>{title}</span>
          <span className={styles.says}>
            {owner !== null && <bdi className={styles.owner}>{owner}</bdi>} {sentenceOf(job, live, owner !== null)}
          </span>
        </span>
      </button>
      {live.state === 'running' && <Bar {...live.progress} />}
      <div className={styles.acts}>
        {grip && <IconButton label={words.queue.move(title)} icon="grip" small className={styles.grip} {...grip} />}
        {behind && (
          <Button
            small
            data-testid="queue-first"
            title={words.queue.firstTitle}
            onClick={() => arrange(job.id, { place: 0 })}
          >
            {words.queue.first}
          </Button>
        )}
        {live.state === 'queued' && (
          <IconButton
            label={job.paused === 'job' ? words.queue.resume(title) : words.queue.pause(title)}
            icon={job.paused === 'job' ? 'play' : 'pause'}
            small
            data-testid="queue-pause"
            onClick={() => arrange(job.id, { paused: job.paused !== 'job' })}
          />
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
