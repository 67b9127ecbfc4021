import type { Action } from '../../actions/action';
import { words } from '../../words/words';
import { maySeeWorkers, openWorkers } from './state';

export const workersActions = (): readonly Action[] => [
  {
    id: 'show.workers',
    label: words.workers.open,
    keywords: words.workers.keywords,
    icon: 'workers',
    enabled: maySeeWorkers,
    run: openWorkers,
  },
];
