import { textOfDraft } from '../../document/saved';
import { resetDraft, useDraft } from '../../document/store';
import { select, showJob } from '../../session';
import { save } from '../../ui/save';

/** Save a draft exactly as the browser stores it. The studio's "Open a document" accepts the file. */
export function downloadDraft(text: string, at: string): void {
  save(new Blob([text], { type: 'application/json' }), `inlay-draft-${at.replaceAll(/[:.]/g, '-')}.json`);
}

export const downloadCurrentDraft = (): void =>
  downloadDraft(textOfDraft(useDraft.getState().draft), new Date().toISOString());

/** Begin with an empty draft and no current job. A copy of the last draft is set aside. */
export function resetStudio(): void {
  resetDraft();
  select(null);
  showJob(null);
}
