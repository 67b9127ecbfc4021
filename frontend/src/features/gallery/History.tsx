import { useState } from 'react';
import { useJobs } from '../../api/queries';
import type { JobResource } from '../../api/types';
import { canvasOfLayout } from '../../document/draft';
import { showJob, useSession } from '../../session';
import { Button, IconButton } from '../../ui/Button';
import { toast } from '../../ui/toasts';
import { remove } from '../jobs/actions';
import { useLive } from '../jobs/useJob';
import { STATES, titleOf } from '../jobs/words';
import styles from './gallery.module.css';
import { Thumbnail } from './Thumbnail';

const HEIGHT = 76; // screen pixels of a thumbnail

function Item({ job, onDelete }: { job: JobResource; onDelete: () => void }) {
  const { state, progress } = useLive(job);
  const current = useSession((now) => now.job === job.id);
  const { width, height } = canvasOfLayout(job.spec.layout);
  const title = titleOf(job.spec);
  const running = state === 'running' && progress.of > 0 ? ` ${Math.round((100 * progress.step) / progress.of)} %` : '';
  return (
    <li
      className={styles.item}
      style={{ width: Math.min(228, Math.max(76, (HEIGHT * width) / height)) }}
      data-testid="history-item"
      data-job={job.id}
      data-state={state}
    >
      <button
        type="button"
        className={styles.thumb}
        aria-current={current}
        aria-label={`${title}, ${STATES[state].toLowerCase()}`}
        title={title}
        onClick={() => showJob(current ? null : job.id)}
      >
        <Thumbnail job={job} />
      </button>
      {state !== 'succeeded' && (
        <span className={styles.badge}>
          {STATES[state]}
          {running}
        </span>
      )}
      <IconButton
        className={styles.delete}
        label={`Delete: ${title}`}
        icon="close"
        small
        look="danger"
        onClick={onDelete}
      />
    </li>
  );
}

/** Past jobs, newest first. A deletion waits until it can no longer be undone. */
export function History() {
  const { data: jobs, hasNextPage, fetchNextPage, isFetchingNextPage } = useJobs();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const forget = (job: JobResource) => {
    let kept = false;
    setHidden((now) => new Set(now).add(job.id));
    if (useSession.getState().job === job.id) showJob(null);
    const bringBack = () => {
      kept = true;
      setHidden((now) => new Set([...now].filter((id) => id !== job.id)));
    };
    toast('Picture deleted.', { label: 'Undo', run: bringBack }, () => kept || remove(job.id));
  };
  const shown = jobs?.filter((job) => !hidden.has(job.id)) ?? [];
  return (
    <section className={styles.strip} aria-label="History" data-testid="history">
      {jobs && shown.length === 0 && <p className={styles.none}>The pictures you make gather here.</p>}
      <ul className={styles.list}>
        {shown.map((job) => (
          <Item key={job.id} job={job} onDelete={() => forget(job)} />
        ))}
      </ul>
      {hasNextPage && (
        <Button look="quiet" className={styles.more} disabled={isFetchingNextPage} onClick={() => fetchNextPage()}>
          Older ones
        </Button>
      )}
    </section>
  );
}
