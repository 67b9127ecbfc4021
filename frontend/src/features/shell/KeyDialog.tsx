import { useEffect, useState } from 'react';
import { api, body } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import { queries, useWho } from '../../api/queries';
import { noteSignIn, useSignIn } from '../../api/signIn';
import { readStored, store } from '../../storage';
import { Button } from '../../ui/Button';
import controls from '../../ui/controls.module.css';
import { Dialog } from '../../ui/Dialog';
import { useOnce } from '../../ui/useOnce';
import { words } from '../../words/words';
import styles from './shell.module.css';
import { leaveEverywhere } from './signOut';

const OWNER = 'inlay.owner'; // whose drafts and prompts this browser keeps

/** Load the studio anew, without drafts and prompts, if they are of somebody else than who has just signed in. True if
 * it does. */
function leaveAnother(owner: string): boolean {
  const before = readStored('localStorage', OWNER);
  if (before === null || before === owner) return false;
  leaveEverywhere();
  return true;
}

/** Remember who is signed in, until they sign out. */
function useOwner(): void {
  const who = useWho().data;
  useEffect(() => {
    if (who?.means === 'browser') store('localStorage', OWNER, who.owner);
  }, [who]);
}

/** Asks for an API key, if the server needs one, and signs the browser in with it. */
export function KeyDialog() {
  const wanted = useSignIn((now) => now.wanted && !now.closed);
  const [typed, setTyped] = useState('');
  useOwner();
  const [refusal, setRefusal] = useState<string | null>(null);
  const signIn = useOnce(async () => {
    try {
      const { owner } = await api.POST('/api/session', { body: { key: typed.trim() } }).then(body);
      setRefusal(null);
      setTyped('');
      if (leaveAnother(owner)) return;
      noteSignIn();
      queries.resetQueries();
    } catch (error) {
      const refused = error instanceof ApiProblem && (error.status === 401 || error.status === 422);
      if (refused) setTyped('');
      setRefusal(refused ? words.shell.keyRefused : (error as Error).message);
    }
  });

  return (
    <Dialog
      title={words.shell.keyTitle}
      open={wanted}
      onClose={() => useSignIn.setState(({ wanted: now }) => ({ closed: now }))}
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          signIn.run();
        }}
      >
        <p role={refusal ? 'alert' : undefined} data-testid="key-says">
          {refusal ?? words.shell.keyKept}
        </p>
        <label className={controls.field}>
          <span className={controls.label}>{words.shell.key}</span>
          <input
            className={controls.input}
            type="password"
            autoComplete="current-password"
            value={typed}
            data-first
            data-testid="api-key"
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
        <Button look="primary" type="submit" disabled={signIn.doing || typed.trim() === ''}>
          {words.shell.keyEnter}
        </Button>
      </form>
    </Dialog>
  );
}
