import { openJob } from '../../document/opening';
import { documentOf, isPng } from '../../document/png';
import { NotAJob } from '../../document/read/fields';
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

/** Open a text: a job document changes the layout of the current draft, a saved draft replaces the draft. */
function opened(text: string): ReturnType<typeof openJob> {
  const kept = draftOf(text);
  return kept ? { change: () => kept, leftOut: [] } : openJob(text);
}

/** Open a job document from a file in the editor. Undo brings the previous draft back. */
export async function openFile(file: File): Promise<void> {
  try {
    if (file.size > MOST) throw new NotAJob('The file is too large.');
    const { change, leftOut } = opened(await documentIn(file));
    edit(change);
    select(null);
    showJob(null);
    const without = leftOut.length > 0 ? ` The studio does not know and left out: ${leftOut.join(', ')}.` : '';
    toast(`${file.name} is open.${without}`, { label: 'Undo', run: undo });
  } catch (error) {
    const says =
      error instanceof NotAJob ? `${file.name} could not be opened. ${error.message}` : 'The file could not be read.';
    const asStart = { label: 'Start from it', run: () => startFromFile(file) };
    toast(says, file.type.startsWith('image/') ? asStart : undefined);
  }
}
