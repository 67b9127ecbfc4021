import type { Action } from '../../actions/action';
import { redo, undo } from '../../document/store';
import { useSession } from '../../session';
import { words } from '../../words/words';
import { graphActions } from '../graph/actions';

const shellActions: readonly Action[] = [
  { id: 'undo', label: words.shell.undo, icon: 'undo', keys: ['Mod+Z'], run: undo },
  { id: 'redo', label: words.shell.redo, icon: 'redo', keys: ['Mod+Shift+Z', 'Mod+Y'], run: redo },
  {
    id: 'help',
    label: words.shell.keysAndHelp,
    keywords: words.shell.helpKeywords,
    icon: 'help',
    keys: ['?'],
    run: () => useSession.setState({ helpOpen: true }),
  },
];

/** Everything that a visitor can do, except what needs the list of models and the server's answers. */
export const ACTIONS: readonly Action[] = [...shellActions, ...graphActions];
