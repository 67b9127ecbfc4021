import type { Action } from '../../actions/action';
import { whoIs } from '../../api/queries';
import type { Session } from '../../api/types';
import { useSession } from '../../session';
import { words } from '../../words/words';

/** True for a visitor who may manage users and keys. A server that asks nobody for a key has none. */
export const mayAdminister = (who: Session | undefined): boolean => who?.scope === 'admin' && who.means !== 'none';

/** What an admin can do besides a visitor. */
export const adminActions = (): readonly Action[] => [
  {
    id: 'show.admin',
    label: words.admin.open,
    keywords: words.admin.keywords,
    icon: 'users',
    enabled: () => mayAdminister(whoIs()),
    run: () => useSession.setState({ drawer: 'admin' }),
  },
];
