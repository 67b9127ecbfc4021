import type { Action } from '../../actions/action';
import { words } from '../../words/words';
import { canLookAround, lookAroundOnCanvas } from './state';

export const aroundActions = (): readonly Action[] => [
  {
    id: 'run.around',
    label: words.around.view,
    keywords: words.around.keywords,
    icon: 'around',
    enabled: canLookAround,
    run: lookAroundOnCanvas,
  },
];
