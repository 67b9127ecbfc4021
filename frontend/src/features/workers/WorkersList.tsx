import { useQuery } from '@tanstack/react-query';
import { api, body } from '../../api/client';
import type { Process } from '../../api/types';
import { showJob, useSession } from '../../session';
import { Unanswered } from '../../ui/Unanswered';
import { words } from '../../words/words';
import { closeWorkers } from './state';
import styles from './workers.module.css';

const EVERY = 3_000; // milliseconds
const said = words.workers;

const useWorkers = () =>
  useQuery({ queryKey: ['workers'], queryFn: () => api.GET('/api/workers').then(body), refetchInterval: EVERY });

function stateOf({ alive, stopping, kind, job }: Process): keyof typeof said.states {
  if (!alive) return 'gone';
  if (stopping) return 'stopping';
  if (kind !== 'worker') return 'alive';
  return job === null ? 'idle' : 'busy';
}

/** The seconds from a moment until now. */
const since = (moment: string): number => Math.max(0, (Date.now() - Date.parse(moment)) / 1000);

const gigabytes = (bytes: number): number => bytes / 2 ** 30;

function show(job: string): void {
  showJob(job);
  useSession.setState({ view: 'canvas', drawer: null });
  closeWorkers();
}

/** What is known of a process: each fact with its name. */
function Facts({ process }: { process: Process }) {
  const { device, memory_free: free, memory_total: total, job, models, kind } = process;
  return (
    <dl className={styles.facts}>
      {device !== null && (
        <div>
          <dt>{said.device}</dt>
          <dd>{device}</dd>
        </div>
      )}
      {free !== null && total !== null && (
        <div>
          <dt>{said.free}</dt>
          <dd>{said.freeOf(gigabytes(free), gigabytes(total))}</dd>
        </div>
      )}
      <div>
        <dt>{said.resident}</dt>
        <dd>{said.takes(gigabytes(process.resident))}</dd>
      </div>
      {kind === 'worker' && (
        <div>
          <dt>{said.models}</dt>
          <dd>{models.length > 0 ? models.join(words.numbers.comma) : said.noModels}</dd>
        </div>
      )}
      {job !== null && (
        <div>
          <dt>{said.job}</dt>
          <dd>
            <button type="button" className={styles.job} data-testid="worker-job" onClick={() => show(job)}>
              {job.slice(0, 8)}
            </button>
          </dd>
        </div>
      )}
    </dl>
  );
}

function Item({ process }: { process: Process }) {
  const state = stateOf(process);
  return (
    <li className={styles.process} data-testid="process" data-kind={process.kind} data-state={state}>
      <div className={styles.head}>
        <h3 className={styles.name}>
          {said.kinds[process.kind]} <bdi className={styles.host}>{process.name}</bdi>
        </h3>
        <span className={styles.state}>{said.states[state]}</span>
      </div>
      <p className={styles.times}>
        {said.seen(since(process.seen_at))} · {said.up(since(process.started_at))} · {said.version}{' '}
        <bdi>{process.version}</bdi>
      </p>
      <Facts process={process} />
    </li>
  );
}

/** The workers, the reconcilers and the API processes of the server, for its operators. */
export default function WorkersList() {
  const { data, error, refetch } = useWorkers();
  const alone = data !== undefined && !data.items.some(({ kind, alive }) => kind === 'worker' && alive);
  return (
    <div className={styles.workers} data-testid="workers" aria-busy={data === undefined}>
      <p className={styles.says}>{said.says}</p>
      {data === undefined && <Unanswered error={error} onAgain={() => refetch()} />}
      {alone && (
        <p className={styles.none} role="status" data-testid="workers-none">
          {said.none}
        </p>
      )}
      {data && (
        <ul className={styles.list}>
          {data.items.map((process) => (
            <Item key={process.id} process={process} />
          ))}
        </ul>
      )}
    </div>
  );
}
