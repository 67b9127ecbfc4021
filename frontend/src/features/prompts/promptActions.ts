import type { Action } from '../../actions/action';
import { words } from '../../words/words';
import { hasPromptTarget, weighInTarget, writeFirst } from './promptFocus';

/** What can be done to prompts. The field itself acts on the keys that weigh its words. */
export const promptActions = (): readonly Action[] => [
  {
    id: 'prompt.write',
    label: words.prompts.write,
    keywords: words.prompts.writeKeywords,
    keys: ['P'],
    run: writeFirst,
  },
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
