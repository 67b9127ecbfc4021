import type { Action } from '../../actions/action';
import { useSession } from '../../session';
import { words } from '../../words/words';

/** Turn between the canvas and the graph. */
export const toggleGraph = (): void =>
  void useSession.setState(({ view }) => ({ view: view === 'graph' ? 'canvas' : 'graph' }));

export const graphActions = (): readonly Action[] => [
  {
    id: 'graph.show',
    label: words.graph.show,
    keywords: words.graph.showKeywords,
    icon: 'graph',
    keys: ['G'],
    run: toggleGraph,
  },
];
