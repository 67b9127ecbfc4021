import { useState } from 'react';
import { useJobs } from '../../api/queries';
import type { JobResource, Output } from '../../api/types';
import { canvasOfLayout } from '../../document/job';
import { showJob, useSession } from '../../session';
import { Button, IconButton } from '../../ui/Button';
import { toast } from '../../ui/toasts';
import { remove } from '../jobs/actions';
import { useLive, useOutput } from '../jobs/useJob';
import { STATES, titleOf, titleOfOutput } from '../jobs/words';
import styles from './gallery.module.css';
import { Progressing, Thumbnail } from './Thumbnail';

const HEIGHT = 76; // screen pixels of a thumbnail

interface PictureButtonProps {
  job: JobResource;
  output: Output | null;
  title: string;
}

/** A picture of a job, or the job itself while it has none. A press shows it on the canvas. */
function PictureButton({ job, output, title }: PictureButtonProps) {
  const shown = useSession((now) => now.job === job.id);
  const current = useOutput(job)?.name === output?.name && shown;
  const { width, height } = output ?? canvasOfLayout(job.spec.layout);
  return (
    <button
      type="button"
      className={styles.thumb}
      style={{ width: Math.min(228, Math.max(76, (HEIGHT * width) / height)) }}
      aria-current={current}
      aria-label={title}
      title={title}
      data-testid="history-picture"
      onClick={() => {
        showJob(job.id, output?.name ?? null);
        useSession.setState({ drawer: null });
      }}
    >
      {output ? <Thumbnail output={output} /> : <Progressing job={job} />}
    </button>
  );
}

function Item({ job, onDelete }: { job: JobResource; onDelete: () => void }) {
  const { state, progress, outputs } = useLive(job);
  const title = titleOf(job.spec);
  const running = state === 'running' && progress.of > 0 ? ` ${Math.round((100 * progress.step) / progress.of)} %` : '';
  return (
    <li className={styles.item} data-testid="history-item" data-job={job.id} data-state={state}>
      {outputs.length === 0 && (
        <PictureButton job={job} output={null} title={`${title}, ${STATES[state].toLowerCase()}`} />
      )}
      {outputs.map((output) => (
        <PictureButton
          key={output.name}
          job={job}
          output={output}
          title={outputs.length > 1 ? `${title}: ${titleOfOutput(output, job.spec)}` : `${title}, done`}
        />
      ))}
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

/** Past jobs, newest first. A deletion is sent after the time in which it can be undone. */
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
