import { keeps } from '../../document/start';
import { useDraft } from '../../document/store';
import { Button } from '../../ui/Button';
import { keepFocus } from '../../ui/keepFocus';
import { words } from '../../words/words';
import { forgetStart } from './actions';
import styles from './start.module.css';

/** A note beside Generate that the job starts from a picture, with a button to start from noise. */
export function StartNote() {
  const start = useDraft((now) => now.draft.start);
  if (!start) return null;
  return (
    <p className={styles.note} data-testid="start-note">
      <span>{keeps(start) ? words.start.inpaints : words.start.starts}</span>
      <Button
        small
        look="quiet"
        data-testid="forget-start"
        data-removes="start"
        onClick={(event) => keepFocus(event, forgetStart)}
      >
        {words.start.forget}
      </Button>
    </p>
  );
}
