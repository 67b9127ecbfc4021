import type { Action } from '../../actions/action';
import { useSession } from '../../session';
import { words } from '../../words/words';

export const graphActions: readonly Action[] = [
  {
    id: 'graph.show',
    label: words.graph.show,
    keywords: words.graph.showKeywords,
    icon: 'code',
    keys: ['G'],
    run: () => useSession.setState(({ view }) => ({ view: view === 'graph' ? 'canvas' : 'graph' })),
  },
];
