import { words } from '../words/words';
import { Button } from './Button';
import styles from './controls.module.css';

interface UnansweredProps {
  /** The reason why there is no answer; null while the studio waits for it. */
  error: Error | null;
  /** The sentence that is shown while the studio waits. */
  loading?: string;
  onAgain: () => void;
}

/** Stands in the place of an answer that the server has not given: the answer is loading, or it failed, and the
 * visitor can ask again. */
export function Unanswered({ error, loading = words.shell.loading, onAgain }: UnansweredProps) {
  if (error === null) {
    return (
      <p className={styles.waiting} role="status" data-testid="waiting">
        {loading}
      </p>
    );
  }
  return (
    <div className={styles.notLoaded} role="alert" data-testid="unanswered">
      <p>{error.message}</p>
      <Button icon="retry" data-testid="ask-again" onClick={onAgain}>
        {words.shell.tryAgain}
      </Button>
    </div>
  );
}
