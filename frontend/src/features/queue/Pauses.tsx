import type { QueueState } from '../../api/types';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/icons';
import { words } from '../../words/words';
import { pause } from '../jobs/actions';
import styles from './queue.module.css';

const said = words.queue;

interface PausesProps {
  queue: QueueState;
}

/** The buttons that pause and resume the visitor's jobs and, for those who may, the whole queue. */
export function Pauses({ queue }: PausesProps) {
  const { paused, mine_paused: mine, may_manage: mayManage } = queue;
  return (
    <div className={styles.pauses}>
      <Button
        small
        icon={mine ? 'play' : 'pause'}
        title={said.pauseMineTitle}
        data-testid="pause-mine"
        onClick={() => pause('/api/queue/mine', !mine)}
      >
        {mine ? said.resumeMine : said.pauseMine}
      </Button>
      {mayManage && (
        <Button
          small
          icon={paused ? 'play' : 'pause'}
          title={said.pauseAllTitle}
          data-testid="pause-all"
          onClick={() => pause('/api/queue', !paused)}
        >
          {paused ? said.resumeAll : said.pauseAll}
        </Button>
      )}
    </div>
  );
}

/** A sentence that says what is paused. */
export function PausedNotice({ queue }: PausesProps) {
  if (!queue.paused && !queue.mine_paused) return null;
  return (
    <p className={styles.paused} role="status" data-testid="queue-paused">
      <Icon name="pause" />
      {queue.paused ? said.allPaused : said.minePaused}
    </p>
  );
}
