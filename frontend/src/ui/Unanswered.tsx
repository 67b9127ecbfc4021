import { words } from '../words/words';
import { AskAgain } from './AskAgain';
import styles from './controls.module.css';
import { useStanding } from './useStanding';

interface UnansweredProps {
  /** The reason why there is no answer; null while the studio waits for it. */
  error: Error | null;
  /** The sentence that is shown while the studio waits. */
  loading?: string;
  onAgain: () => void;
}

/** Stands in the place of an answer that the server has not given: the answer is loading, or it failed, and the
 * visitor can ask again. The reason stays while the studio asks again. */
export function Unanswered({ error, loading = words.shell.loading, onAgain }: UnansweredProps) {
  const reason = useStanding(error, false);
  if (reason === null) {
    return (
      <p className={styles.waiting} role="status" data-testid="waiting">
        {loading}
      </p>
    );
  }
  return (
    <div className={styles.notLoaded} role="alert" data-testid="unanswered">
      <p>{reason.message}</p>
      <AskAgain asking={error === null} data-testid="ask-again" onClick={onAgain} />
    </div>
  );
}
