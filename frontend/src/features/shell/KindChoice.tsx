import type { Kind } from '../../api/types';
import { edit, useDraft } from '../../document/store';
import { showJob, useSession } from '../../session';
import controls from '../../ui/controls.module.css';
import { words } from '../../words/words';
import styles from './shell.module.css';

const KINDS = ['panorama', 'regions', 'scene', 'portrait', 'illusion', 'texture', 'custom'] as const;

function chooseKind(kind: Kind): void {
  edit((draft) => ({ ...draft, kind }));
  useSession.setState({ selected: null, alsoSelected: [], drawing: false, tab: 'region' });
  showJob(null);
}

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
          <option key={one} value={one} title={words.kinds[one].says}>
            {words.kinds[one].name}
          </option>
        ))}
      </select>
    </label>
  );
}
