import { useState } from 'react';
import { giveKey, useKey } from '../../api/key';
import { queries } from '../../api/queries';
import { Button } from '../../ui/Button';
import controls from '../../ui/controls.module.css';
import { Dialog } from '../../ui/Dialog';
import { words } from '../../words/words';
import styles from './shell.module.css';

/** Asks once for the API key, if the server needs one. */
export function KeyDialog() {
  const { wanted, key } = useKey();
  const [typed, setTyped] = useState('');
  return (
    <Dialog title={words.shell.keyTitle} open={wanted} onClose={() => useKey.setState({ wanted: false })}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          giveKey(typed.trim());
          setTyped('');
          queries.resetQueries();
        }}
      >
        <p>{key ? words.shell.keyRefused : words.shell.keyKept}</p>
        <label className={controls.field}>
          <span className={controls.label}>{words.shell.key}</span>
          <input
            className={controls.input}
            type="password"
            autoComplete="off"
            value={typed}
            data-first
            data-testid="api-key"
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
        <Button look="primary" type="submit" disabled={typed.trim() === ''}>
          {words.shell.keyEnter}
        </Button>
      </form>
    </Dialog>
  );
}
