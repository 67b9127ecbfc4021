import type { Prompted } from '../../api/types';
import { changePatch, HEAD, OBJECT } from '../../document/boxes';
import type { Draft } from '../../document/draft';

/** The prompt of a box of the layout, with its settings; null for a box without one, such as that of a guide. */
export function promptOfBox(draft: Draft, id: string): Prompted | null {
  if (draft.kind === 'regions') return draft.regions.patches.find((patch) => patch.id === id) ?? null;
  if (draft.kind === 'scene') return id === OBJECT ? draft.scene.object : null;
  return draft.kind === 'portrait' && id === HEAD ? draft.portrait.head : null;
}

/** Change the prompt of a box of the layout, or its settings. */
export function changePromptOfBox(draft: Draft, id: string, part: Partial<Prompted>): Draft {
  if (draft.kind === 'regions') return changePatch(draft, id, part);
  if (draft.kind === 'scene')
    return { ...draft, scene: { ...draft.scene, object: { ...draft.scene.object, ...part } } };
  if (draft.kind !== 'portrait') return draft;
  return { ...draft, portrait: { ...draft.portrait, head: { ...draft.portrait.head, ...part } } };
}
