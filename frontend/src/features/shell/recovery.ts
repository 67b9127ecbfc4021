import { textOfDraft } from '../../document/saved';
import { resetDraft, useDraft } from '../../document/store';
import { select, showJob } from '../../session';
import { save } from '../../ui/save';

/** Save a draft, word for word as the browser keeps it. "Open a document" of the studio takes the file. */
export function downloadDraft(text: string, at: string): void {
  save(new Blob([text], { type: 'application/json' }), `inlay-draft-${at.replaceAll(/[:.]/g, '-')}.json`);
}

export const downloadCurrentDraft = (): void =>
  downloadDraft(textOfDraft(useDraft.getState().draft), new Date().toISOString());

/** Begin with an empty draft and nothing else at hand; a copy of the last draft is set aside. */
export function resetStudio(): void {
  resetDraft();
  select(null);
  showJob(null);
}
