import type { Draft } from '../../document/draft';
import { withJob } from '../../document/job';
import { documentOf, isPng } from '../../document/png';
import { NotAJob } from '../../document/read/fields';
import { readJob } from '../../document/read/job';
import { draftOf } from '../../document/saved';
import { edit, undo } from '../../document/store';
import { select, showJob } from '../../session';
import { toast } from '../../ui/toasts';
import { startFromFile } from '../start/actions';

const MOST = 64_000_000; // bytes: room for a picture with its document inside

/** Read the document in a file. A PNG of Inlay contains one. */
async function documentIn(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const picture = isPng(bytes) || file.type.startsWith('image/');
  if (!picture) return new TextDecoder().decode(bytes);
  const found = await documentOf(bytes);
  if (found === null) throw new NotAJob('The picture carries no document of Inlay.');
  return found;
}

/** Open a text in the current draft: a job document changes its layout, a saved draft replaces it. */
function openedIn(text: string): (draft: Draft) => Draft {
  const kept = draftOf(text);
  if (kept) return () => kept;
  const job = readJob(text);
  return (draft) => withJob(draft, job);
}

/** Open a job document from a file in the editor. Undo brings the previous draft back. */
export async function openFile(file: File): Promise<void> {
  try {
    if (file.size > MOST) throw new NotAJob('The file is too large.');
    const opened = openedIn(await documentIn(file));
    edit(opened);
    select(null);
    showJob(null);
    toast(`${file.name} is open.`, { label: 'Undo', run: undo });
  } catch (error) {
    const says =
      error instanceof NotAJob ? `${file.name} could not be opened. ${error.message}` : 'The file could not be read.';
    const asStart = { label: 'Start from it', run: () => startFromFile(file) };
    toast(says, file.type.startsWith('image/') ? asStart : undefined);
  }
}
