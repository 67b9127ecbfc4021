import type { Action } from '../../actions/action';
import { words } from '../../words/words';
import { follow, hasSteps, isHeld, moveStep, play } from './steps';

const { dock } = words;

export const stepActions = (): readonly Action[] => [
  {
    id: 'run.previousStep',
    label: dock.previous,
    keywords: dock.stepKeywords,
    keys: [','],
    enabled: hasSteps,
    run: () => moveStep(-1),
  },
  {
    id: 'run.nextStep',
    label: dock.next,
    keywords: dock.stepKeywords,
    keys: ['.'],
    enabled: isHeld,
    run: () => moveStep(1),
  },
  { id: 'run.follow', label: dock.followAction, keywords: dock.followKeywords, enabled: isHeld, run: follow },
  { id: 'run.play', label: dock.play, keywords: dock.playKeywords, icon: 'play', enabled: hasSteps, run: play },
];
