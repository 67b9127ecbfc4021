import type { Action } from '../../actions/action';
import { api } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import { useWho, whoIs } from '../../api/queries';
import { forgetVisitor, readStored, store } from '../../storage';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';

const SIGNED_OUT = 'inlay.signed-out';

/** Forget what the visitor drew and wrote, and load the studio anew. */
function leave(): void {
  forgetVisitor();
  window.location.reload();
}

/** Forget the visitor in all tabs of this browser. */
export function leaveEverywhere(): void {
  store('localStorage', SIGNED_OUT, String(Number(readStored('localStorage', SIGNED_OUT) ?? 0) + 1)); // tells other tabs
  leave();
}

async function signOut(): Promise<void> {
  try {
    await api.DELETE('/api/session');
  } catch (error) {
    const gone = error instanceof ApiProblem && error.status === 401; // the sign-in has ended already
    if (!gone) return toast(words.shell.stillSignedIn(error instanceof ApiProblem ? error.message : ''));
  }
  leaveEverywhere();
}

/** Follow a visitor who signs out in another tab. */
export const followSignOut = ({ key }: StorageEvent): void => {
  if (key === SIGNED_OUT) leave();
};

/** The visitor's name, if the browser is signed in. */
export const useSignedIn = (): string | null => {
  const who = useWho().data;
  return who?.means === 'browser' ? who.owner : null;
};

/** What a visitor can do with their sign-in. */
export const signOutActions = (): readonly Action[] => {
  const who = whoIs();
  return [
    {
      id: 'session.signOut',
      label: words.shell.signOut(who?.owner ?? ''),
      keywords: words.shell.signOutKeywords,
      icon: 'signOut',
      enabled: () => whoIs()?.means === 'browser',
      run: () => void signOut(),
    },
  ];
};
