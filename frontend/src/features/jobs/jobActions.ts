import type { Action } from '../../actions/action';
import { words } from '../../words/words';
import {
  askForMore,
  canCancel,
  canContinue,
  cancelShown,
  canRetry,
  canStop,
  canTakeMore,
  continueShown,
  generate,
  generateFirst,
  retryShown,
  stopShown,
} from './commands';

const { dock } = words;

export const jobActions = (): readonly Action[] => [
  {
    id: 'run.generate',
    once: true,
    label: words.jobs.generate,
    keywords: words.jobs.generateKeywords,
    icon: 'spark',
    keys: ['Mod+Enter'],
    run: generate,
  },
  {
    id: 'run.generateFirst',
    once: true,
    label: words.jobs.generateFirst,
    keywords: words.jobs.generateFirstKeywords,
    icon: 'spark',
    keys: ['Mod+Shift+Enter'],
    run: generateFirst,
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
  {
    id: 'run.stop',
    label: dock.stopAction,
    keywords: dock.stopKeywords,
    icon: 'stop',
    keys: ['Shift+S'],
    enabled: canStop,
    run: stopShown,
  },
  {
    id: 'run.continue',
    once: true,
    label: dock.continueAction,
    keywords: dock.continueKeywords,
    icon: 'play',
    enabled: canContinue,
    run: continueShown,
  },
  {
    id: 'run.more',
    label: dock.moreStepsAction,
    keywords: dock.moreStepsKeywords,
    icon: 'spark',
    enabled: canTakeMore,
    run: askForMore,
  },
  {
    id: 'run.retry',
    once: true,
    label: dock.retryAction,
    keywords: dock.retryKeywords,
    icon: 'retry',
    enabled: canRetry,
    run: retryShown,
  },
];
