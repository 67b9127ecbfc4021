import type { Action } from '../../actions/action';
import { words } from '../../words/words';
import { accept, compare, discard, isDone, stagedHere } from './staged';

const { dock } = words;
const isHere = () => stagedHere() !== null;

export const stagedActions = (): readonly Action[] => [
  {
    id: 'reroll.accept',
    label: dock.acceptAction,
    keywords: dock.stagedKeywords,
    keys: ['Shift+A'],
    enabled: isDone,
    run: accept,
  },
  {
    id: 'reroll.discard',
    label: dock.discardAction,
    keywords: dock.stagedKeywords,
    keys: ['Shift+D'],
    enabled: isHere,
    run: discard,
  },
  {
    id: 'reroll.compare',
    label: dock.compareAction,
    keywords: dock.compareKeywords,
    keys: ['Shift+C'],
    enabled: isHere,
    run: compare,
  },
];
