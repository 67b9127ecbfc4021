import type { Action } from '../../actions/action';
import { words } from '../../words/words';
import { canShare, shareShown } from './state';

export const sharingActions = (): readonly Action[] => [
  {
    id: 'run.share',
    label: words.sharing.open,
    keywords: words.sharing.keywords,
    icon: 'link',
    enabled: canShare,
    run: shareShown,
  },
];
