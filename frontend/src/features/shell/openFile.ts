import { openJob } from '../../document/opening';
import { documentOf, isPng } from '../../document/png';
import { NotAJob } from '../../document/read/fields';
import { draftOf } from '../../document/saved';
import { undoable, useDraft } from '../../document/store';
import type { Point } from '../../geometry/box';
import { select, showJob } from '../../session';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';
import { bring } from '../brought/brought';

const MEGA = 1_000_000;
const MOST = 64; // megabytes: room for a picture with its document inside

const say = words.looks;

/** Open a text: a job document changes the layout of the current draft, a saved draft replaces the draft. */
function opened(text: string): ReturnType<typeof openJob> {
  const kept = draftOf(text);
  return kept ? { change: () => kept, leftOut: [] } : openJob(text, useDraft.getState().draft.fittedTo);
}

/** Open a document in the editor. Undo brings the previous draft back. Throws `NotAJob`. */
function openText(name: string, text: string): void {
  const { change, leftOut } = opened(text);
  const undo = undoable(change);
  select(null);
  showJob(null);
  toast(words.file.opened(name, leftOut), { label: words.shell.undo, run: undo });
}

const sayWhy = (name: string) => (error: unknown) =>
  toast(error instanceof NotAJob ? say.notOpened(name, error.message) : say.fileUnreadable);

/** The middle of the main area. */
function middle(): Point {
  const { left, top, width, height } = (document.querySelector('main') ?? document.body).getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 3 };
}

/** Take a picture with what it carries. One that was brought to a place may be wanted as a picture or for its document,
 * so that is asked. */
async function openPicture(file: File, name: string, bytes: Uint8Array<ArrayBuffer>, at?: Point): Promise<void> {
  let text: string | null = null;
  try {
    text = await documentOf(bytes);
  } catch (error) {
    sayWhy(name)(error); // it can still be used as a picture
  }
  const open = text === null ? null : () => attempt(name, async () => openText(name, text));
  if (open && !at) await open();
  else await bring({ file, name, at: at ?? middle(), open });
}

const attempt = (name: string, run: () => Promise<void>): Promise<void> => run().catch(sayWhy(name));

/** Open a file that was chosen, or one that was dropped or pasted `at` a place of the page: a job document, or a picture. A
 * PNG of Inlay is both. */
export async function openFile(file: File, at?: Point, name: string = file.name): Promise<void> {
  if (file.size > MOST * MEGA) {
    toast(say.tooLarge(name, MOST));
    return;
  }
  await attempt(name, async () => {
    const bytes = new Uint8Array(await file.arrayBuffer());
    if (isPng(bytes) || file.type.startsWith('image/')) await openPicture(file, name, bytes, at);
    else openText(name, new TextDecoder().decode(bytes));
  });
}
