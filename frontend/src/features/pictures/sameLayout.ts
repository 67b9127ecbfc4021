import type { Draft } from '../../document/draft';
import { useDraft } from '../../document/store';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';

/** Call it when a picture is sent. Returns a check for the end of the upload: true if the layout is still the same one,
 * and still has what the picture is for. Otherwise a message `says` that the picture is not used. */
export function sameLayout(has: (draft: Draft) => boolean, says = words.pictures.layoutChanged): () => boolean {
  const { kind } = useDraft.getState().draft;
  return () => {
    const { draft } = useDraft.getState();
    const same = draft.kind === kind && has(draft);
    if (!same) toast(says);
    return same;
  };
}
