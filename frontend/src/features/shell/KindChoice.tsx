import type { Kind } from '../../api/types';
import { useDraft } from '../../document/store';
import controls from '../../ui/controls.module.css';
import { words } from '../../words/words';
import styles from './header.module.css';
import { chooseKind, KINDS } from './kinds';

/** Choose the kind of layout. */
export function KindChoice() {
  const kind = useDraft((now) => now.draft.kind);
  return (
    <label className={styles.labelled}>
      <span className={styles.wideOnly}>{words.shell.layout}</span>
      <select
        className={`${controls.input} ${controls.select}`}
        aria-label={words.shell.layout}
        title={words.kinds[kind].says}
        data-testid="kind"
        value={kind}
        onChange={({ target }) => chooseKind(target.value as Kind)}
      >
        {KINDS.map((one) => (
          <option key={one} value={one}>
            {words.kinds[one].name}
          </option>
        ))}
      </select>
    </label>
  );
}
