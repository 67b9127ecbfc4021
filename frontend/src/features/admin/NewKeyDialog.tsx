import { createPortal } from 'react-dom';
import type { NewKey } from '../../api/types';
import { Button } from '../../ui/Button';
import { writeToClipboard } from '../../ui/clipboard';
import controls from '../../ui/controls.module.css';
import { Dialog } from '../../ui/Dialog';
import rows from '../../ui/rows.module.css';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';
import styles from './admin.module.css';

const said = words.admin;

const copy = async (secret: string) => toast((await writeToClipboard(secret)) ? said.copied : said.noCopying);

interface NewKeyDialogProps {
  made: NewKey | null;
  onClose: () => void;
}

/** Shows a key the only time that it is shown. */
export function NewKeyDialog({ made, onClose }: NewKeyDialogProps) {
  return createPortal(
    <Dialog title={made ? said.newKey(made.key.user) : ''} open={made !== null} onClose={onClose}>
      {made && (
        <div className={styles.dialog}>
          <p>{said.newKeySays}</p>
          <label className={controls.field}>
            <span className={controls.label}>{said.secret}</span>
            <input
              className={`${controls.input} ${rows.secret}`}
              readOnly
              value={made.secret}
              data-first
              data-testid="new-key"
              onFocus={(event) => event.target.select()}
            />
          </label>
          <div className={styles.acts}>
            <Button icon="copy" data-testid="copy-key" onClick={() => copy(made.secret)}>
              {said.copy}
            </Button>
            <Button data-testid="key-done" onClick={onClose}>
              {said.done}
            </Button>
          </div>
        </div>
      )}
    </Dialog>,
    document.body,
  );
}
