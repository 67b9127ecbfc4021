import { type ReactNode, useState } from 'react';
import { useQueue, useWho } from '../../api/queries';
import type { JobResource } from '../../api/types';
import { Button } from '../../ui/Button';
import { CheckField } from '../../ui/CheckField';
import { Unanswered } from '../../ui/Unanswered';
import { words } from '../../words/words';
import { mayAdminister } from '../admin/actions';
import { cancelAll } from '../jobs/actions';
import { NoWorker } from '../workers/NoWorker';
import { openWorkers } from '../workers/state';
import { PausedNotice, Pauses } from './Pauses';
import styles from './queue.module.css';
import { Row } from './Row';
import { useMyQueue } from './useMyQueue';
import { WaitingRows } from './WaitingRows';

const said = words.gallery;

interface PartProps {
  title: string;
  jobs: readonly JobResource[];
  children: ReactNode;
}

function Part({ title, jobs, children }: PartProps) {
  if (jobs.length === 0) return null;
  return (
    <section className={styles.part} aria-label={title}>
      <h3 className={styles.heading}>
        {title} <span className={styles.count}>{jobs.length}</span>
      </h3>
      <ul className={styles.list}>{children}</ul>
    </section>
  );
}

const rows = (jobs: readonly JobResource[], owners = false) =>
  jobs.map((job) => <Row key={job.id} job={job} owner={owners ? job.owner : null} />);

/** The visitor's jobs: what runs, what waits and when it starts, and what ended without a picture. An admin can list
 * those of everybody. */
export default function Queue() {
  const [everyone, setEveryone] = useState(false);
  const manages = mayAdminister(useWho().data);
  const { data, error, refetch } = useMyQueue(everyone);
  const all = useQueue().data;
  const { running = [], queued = [], ended = [] } = data ?? {};
  const active = [...queued, ...running];
  return (
    <div className={styles.queue} data-testid="queue" aria-busy={data === undefined}>
      <div className={styles.bar}>
        <p className={styles.says}>{all && said.all(all.queued, all.running)}</p>
        {all && <Pauses queue={all} />}
        {all?.may_manage && (
          <Button small icon="workers" data-testid="open-workers" onClick={openWorkers}>
            {words.workers.title}
          </Button>
        )}
        {!everyone && (
          <Button small look="danger" disabled={active.length === 0} data-testid="cancel-all" onClick={cancelAll}>
            {said.cancelAll}
          </Button>
        )}
      </div>
      {manages && (
        <CheckField label={words.queue.everyone} value={everyone} testId="queue-everyone" onChange={setEveryone} />
      )}
      <NoWorker />
      {all && <PausedNotice queue={all} />}
      {data === undefined && <Unanswered key={String(everyone)} error={error} onAgain={() => refetch()} />}
      {data && active.length === 0 && (
        <div className={styles.empty} data-testid="queue-empty">
          <p>{everyone ? words.queue.nobodys : said.queueEmpty}</p>
          {!everyone && <p className={styles.says}>{said.queueEmptyHint}</p>}
        </div>
      )}
      <Part title={said.running} jobs={running}>
        {rows(running, everyone)}
      </Part>
      <Part title={said.waiting} jobs={queued}>
        <WaitingRows jobs={queued} everyone={everyone} />
      </Part>
      <Part title={said.ended} jobs={ended}>
        {rows(ended, everyone)}
      </Part>
    </div>
  );
}
