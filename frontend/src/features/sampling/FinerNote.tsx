import { useDraft } from '../../document/store';
import { Button } from '../../ui/Button';
import { words } from '../../words/words';
import { set } from './draft';
import { useFault } from './Group';
import styles from './sampling.module.css';

/** A note on a document whose rest runs in another number of steps, with a button to go back to the planned ones. */
export function FinerNote() {
  const finer = useDraft((now) => now.draft.sampling.finer);
  const fault = useFault()('finer');
  if (finer.length === 0) return null;
  return (
    <div className={styles.wide} data-testid="finer">
      {finer.map(({ after, steps }) => (
        <p key={after}>{words.dock.finer(after, steps)}</p>
      ))}
      {fault && <p role="alert">{fault}</p>}
      <Button small onClick={() => set({ finer: [] })}>
        {words.dock.finerRemove}
      </Button>
    </div>
  );
}
