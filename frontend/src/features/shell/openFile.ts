import { withJob } from '../../document/draft';
import { NotAJob, readJob } from '../../document/read';
import { edit, undo } from '../../document/store';
import { select, showJob } from '../../session';
import { toast } from '../../ui/toasts';

const MOST = 4_000_000; // bytes; a document of every patch that fits is far smaller

/** Open a job document from a file into the editor; the draft that was there is one undo away. */
export async function openFile(file: File): Promise<void> {
  try {
    if (file.size > MOST) throw new NotAJob('The file is too large for a job document.');
    const job = readJob(await file.text());
    edit((draft) => withJob(draft, job));
    select(null);
    showJob(null);
    toast(`${file.name} is open.`, { label: 'Undo', run: undo });
  } catch (error) {
    toast(
      error instanceof NotAJob ? `${file.name} could not be opened. ${error.message}` : 'The file could not be read.',
    );
  }
}
