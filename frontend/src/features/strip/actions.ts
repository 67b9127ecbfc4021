import type { Action } from '../../actions/action';
import { words } from '../../words/words';
import { hasStripNow, toggleStrip } from './state';

export const stripActions = (): readonly Action[] => [
  {
    id: 'show.strip',
    label: words.strip.toggle,
    keywords: words.strip.keywords,
    enabled: hasStripNow,
    run: toggleStrip,
  },
];
