import { useEffect, useState } from 'react';
import { useSlow } from '../../api/patience';
import { announce } from '../../ui/announce';
import { Button } from '../../ui/Button';
import { words } from '../../words/words';
import styles from './jobs.module.css';

const TICK = 1_000; // milliseconds

/** The seconds since a point in time, updated every second; null if there is none. */
function useSecondsSince(moment: number | undefined): number | null {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (moment === undefined) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), TICK);
    return () => clearInterval(timer);
  }, [moment]);
  return moment === undefined ? null : Math.max(0, Math.round((now - moment) / 1000));
}

/** Says that the server does not answer, and offers to send again or to stop. */
export function SlowNotice() {
  const slow = useSlow((now) => now.slow);
  const waited = useSecondsSince(slow[0]?.since);
  const waiting = slow.length > 0;
  useEffect(() => {
    if (waiting) announce(words.jobs.noAnswer);
  }, [waiting]);
  if (waited === null) return null;
  const each = (act: (one: (typeof slow)[number]) => void) => {
    for (const one of slow) act(one);
  };
  return (
    <div className={styles.slow} data-testid="slow">
      <p>{words.jobs.waited(waited)}</p>
      <div className={styles.slowActions}>
        {slow.every((one) => one.sendAgain) && (
          <Button small data-testid="send-again" onClick={() => each((one) => one.sendAgain?.())}>
            {words.jobs.tryAgain}
          </Button>
        )}
        <Button small look="quiet" data-testid="stop-waiting" onClick={() => each((one) => one.stop())}>
          {words.jobs.stopWaiting}
        </Button>
      </div>
    </div>
  );
}
