import { Button, IconButton } from '../../ui/Button';
import { Segmented } from '../../ui/Segmented';
import { words } from '../../words/words';
import { openVariations, toggleCompare } from './actions';
import styles from './compare.module.css';
import { GridView } from './GridView';
import { Pair } from './Pair';
import { compareMethods } from './send';
import { useComparing } from './state';

const say = words.compare;

/** Two pictures beside each other, or the pictures of jobs that were sent together. */
export default function CompareView() {
  const mode = useComparing((now) => now.mode);
  const sending = useComparing((now) => now.sending);
  const equal = useComparing((now) => now.equal);
  return (
    <section className={styles.view} aria-label={say.title} data-testid="compare-view">
      <div className={styles.bar}>
        <Segmented
          label={say.views}
          value={mode}
          options={[
            { value: 'pair', label: say.pair, testId: 'compare-pair' },
            { value: 'grid', label: say.grid, testId: 'compare-grid' },
          ]}
          onChange={(next) => useComparing.setState({ mode: next })}
        />
        <Button small icon="compare" disabled={sending} data-testid="send-methods" onClick={() => compareMethods()}>
          {sending ? say.sending : say.sendMethods}
        </Button>
        <label className={styles.equal} title={say.equalSays}>
          <input
            type="checkbox"
            checked={equal}
            disabled={sending}
            data-testid="equal-cost"
            onChange={({ target }) => useComparing.setState({ equal: target.checked })}
          />
          {say.equal}
        </label>
        <Button small icon="dice" disabled={sending} data-testid="open-variations" onClick={openVariations}>
          {say.variations}
        </Button>
        <IconButton
          className={styles.close}
          label={say.close}
          icon="close"
          data-testid="compare-close"
          onClick={toggleCompare}
        />
      </div>
      <div className={styles.body}>{mode === 'pair' ? <Pair /> : <GridView />}</div>
    </section>
  );
}
