import { fetchBlob } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import type { Output } from '../../api/types';
import { START } from '../../document/boxes';
import { canvasOf, type Draft } from '../../document/draft';
import { same } from '../../document/same';
import { type Part, rerolled, startedAnew } from '../../document/start';
import { edit, undo, undoable, useDraft } from '../../document/store';
import { select, showTab } from '../../session';
import { announce } from '../../ui/announce';
import { isTyping } from '../../ui/textFields';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';
import type { Sending } from '../jobs/useGenerate';
import { randomSeed } from '../layout/SeedField';
import { sameLayout } from '../pictures/sameLayout';
import { withUpload } from '../pictures/withUpload';
import { type Before, stage } from './staged';

/** Choose the start, so that the brush paints its mask, show its settings, and move the focus to them. While a text is
 * edited, it keeps the focus, and what is chosen stays. */
function showStart(): void {
  if (isTyping()) return;
  select(START);
  showTab('picture');
  requestAnimationFrame(() => document.getElementById('start')?.focus());
}

/** Let the draft start from a finished picture or a file. */
const startWith = (picture: () => Promise<Blob>) =>
  withUpload(picture, (kept) => {
    const undo = undoable((draft) => startedAnew(draft, kept));
    showStart();
    toast(words.start.isStart, { label: words.shell.undo, run: undo });
  });

export const startFrom = (output: Output) => startWith(() => fetchBlob(output.url));
export const startFromFile = (file: File) => startWith(async () => file);

/** Redraw one part of a finished picture, and keep the rest. The visitor then accepts or discards the new picture. The
 * part lies in the layout and on the canvas of now: nothing is redrawn if they are changed before the picture is there.
 * If no job is sent, the draft is as before. */
export function reroll(before: Before, part: Part, generate: (sending: Sending) => void): Promise<void> {
  const canvas = canvasOf(useDraft.getState().draft);
  const isSame = sameLayout((draft) => same(canvasOf(draft), canvas), words.start.notRerolled);
  return withUpload(
    () => fetchBlob(before.url),
    ({ id }) => {
      if (!isSame()) return;
      const { start, images, keep } = useDraft.getState().draft;
      edit((draft) => rerolled(draft, id, part, randomSeed()));
      const made = useDraft.getState().draft;
      announce(words.start.rerolling);
      generate({
        sent: (job) => stage({ before, after: job.id, draft: { start, images, keep } }),
        unsent: (error) => {
          takeBack(made, { start, images, keep });
          if (error) toast(error instanceof ApiProblem ? error.message : words.jobs.wentWrong);
        },
      });
    },
  );
}

/** Give the draft what it had before a reroll, and leave what was edited since. */
function takeBack(made: Draft, before: Pick<Draft, 'start' | 'images' | 'keep'>): void {
  const now = useDraft.getState().draft;
  if (now === made) undo();
  else if (now.start === made.start) edit((draft) => ({ ...draft, ...before }));
}

/** Start from noise again. */
export function forgetStart(): void {
  const undo = undoable((draft) => ({ ...draft, start: null }));
  select(null);
  toast(words.start.forgotten, { label: words.shell.undo, run: undo });
}
