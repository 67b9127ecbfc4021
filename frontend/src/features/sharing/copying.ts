import { useEffect } from 'react';
import { api, body } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import { useSignIn } from '../../api/signIn';
import { withJob } from '../../document/job';
import { undoable } from '../../document/store';
import { select, showJob, useSession } from '../../session';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';
import { tokenToCopy } from './links';

/** Remove the token from the address, so that a reload keeps what was edited since. */
function forget(): void {
  const { pathname, search } = window.location;
  window.history.replaceState(null, '', `${pathname}${search}`);
}

async function openCopy(token: string): Promise<void> {
  try {
    const document = await api.POST('/api/shared/{token}/copy', { params: { path: { token } } }).then(body);
    forget();
    const undo = undoable((draft) => withJob(draft, document));
    select(null);
    showJob(null);
    useSession.setState({ drawer: null, view: 'canvas' });
    toast(words.sharing.copyOpened, { label: words.gallery.undo, run: undo });
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) return; // the visitor signs in, and it is asked for again
    forget();
    const gone = error instanceof ApiProblem && (error.status === 404 || error.status === 422);
    toast(!gone && error instanceof ApiProblem ? error.message : words.sharing.gone);
  }
}

/** Open a copy of what the link in the page's address shares. */
export function useSharedCopy(): void {
  const signIns = useSignIn((now) => now.times);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a sign-in is a reason to ask again
  useEffect(() => {
    const look = () => {
      const token = tokenToCopy(window.location);
      if (token) openCopy(token);
    };
    look();
    window.addEventListener('hashchange', look);
    return () => window.removeEventListener('hashchange', look);
  }, [signIns]);
}
