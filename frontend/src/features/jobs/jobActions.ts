import type { Action } from '../../actions/action';
import { words } from '../../words/words';
import { canCancel, cancelShown, generate } from './commands';

export const jobActions: readonly Action[] = [
  {
    id: 'run.generate',
    label: words.jobs.generate,
    keywords: words.jobs.generateKeywords,
    icon: 'spark',
    keys: ['Mod+Enter'],
    run: generate,
  },
  {
    id: 'run.cancel',
    label: words.jobs.cancel,
    keywords: words.jobs.cancelKeywords,
    icon: 'close',
    keys: ['Shift+X'],
    enabled: canCancel,
    run: cancelShown,
  },
];
