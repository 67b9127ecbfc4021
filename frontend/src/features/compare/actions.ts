import type { Action } from '../../actions/action';
import { useSession } from '../../session';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';
import { atHand, openCompare, useComparing } from './state';

const say = words.compare;

/** Turn between the canvas and the comparison. Sides without a picture take the picture on the canvas and its neighbour. */
export function toggleCompare(): void {
  if (useSession.getState().view === 'compare') useSession.setState({ view: 'canvas' });
  else openCompare(atHand(useComparing.getState()));
}

export const openVariations = (): void => void useComparing.setState({ varying: true });

/** Send the layout through all methods. Its code is loaded now. */
export const sendMethods = (): void =>
  void import('./send').then(
    ({ compareMethods }) => compareMethods(),
    () => toast(words.shell.notLoaded),
  );

export const compareActions = (): readonly Action[] => [
  { id: 'compare.show', label: say.show, keywords: say.showKeywords, icon: 'compare', keys: ['C'], run: toggleCompare },
  { id: 'compare.methods', label: say.sendMethods, keywords: say.methodsKeywords, icon: 'compare', run: sendMethods },
  {
    id: 'compare.variations',
    label: say.variations,
    keywords: say.variationsKeywords,
    icon: 'dice',
    run: openVariations,
  },
];
