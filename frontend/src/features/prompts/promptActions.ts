import type { Action } from '../../actions/action';
import { words } from '../../words/words';
import { hasPromptTarget, weighInTarget } from './promptFocus';

/** What can be done to the prompt that was edited last. The field itself acts on these keys. */
export const promptActions = (): readonly Action[] => [
  {
    id: 'prompt.heavier',
    label: words.prompts.heavier,
    keywords: words.prompts.weighKeywords,
    keys: ['Mod+ArrowUp'],
    enabled: hasPromptTarget,
    run: () => weighInTarget(1),
  },
  {
    id: 'prompt.lighter',
    label: words.prompts.lighter,
    keywords: words.prompts.weighKeywords,
    keys: ['Mod+ArrowDown'],
    enabled: hasPromptTarget,
    run: () => weighInTarget(-1),
  },
];
