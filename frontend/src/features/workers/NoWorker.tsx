import { useEffect, useState } from 'react';
import { useQueue } from '../../api/queries';
import { Icon } from '../../ui/icons';
import { words } from '../../words/words';
import styles from './notice.module.css';

const GRACE = 15_000; // milliseconds; a server that has just started, or replaces its worker, has none for a moment

let since: number | null = null; // when the server first said that it has none

/** True if the server has had no worker for a while. */
function useNoWorker(): boolean {
  const none = useQueue().data?.workers === 0;
  const [long, setLong] = useState(false);
  useEffect(() => {
    since = none ? (since ?? Date.now()) : null;
    const timer = setTimeout(() => setLong(none), since === null ? 0 : Math.max(0, since + GRACE - Date.now()));
    return () => clearTimeout(timer);
  }, [none]);
  return none && long;
}

/** Says that no worker is running, so that nobody waits for a picture in vain. */
export function NoWorker() {
  if (!useNoWorker()) return null;
  return (
    <p className={styles.notice} role="status" data-testid="no-worker">
      <Icon name="workers" />
      {words.workers.none}
    </p>
  );
}
