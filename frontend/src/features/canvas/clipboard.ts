import { boxesIn, copiedBoxes, pastedBoxes } from '../../document/clipboard';
import { edit, useDraft } from '../../document/store';
import { announce } from '../../ui/announce';
import { isForText } from '../../ui/textFields';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';
import { boxNamed, deleteBoxes } from './commands';
import { selectAll, selectedIds } from './selection';
import { useStage } from './stage';

function copy(event: ClipboardEvent): void {
  const ids = selectedIds();
  const text = isForText(event) || useStage.getState().foreign ? null : copiedBoxes(useDraft.getState().draft, ids);
  if (text === null) return;
  event.clipboardData?.setData('text/plain', text);
  event.preventDefault();
  announce(words.canvas.copied(boxNamed(ids)));
  if (event.type === 'cut') deleteBoxes(ids);
}

function paste(event: ClipboardEvent): void {
  const boxes =
    isForText(event) || useStage.getState().foreign ? [] : boxesIn(event.clipboardData?.getData('text/plain') ?? '');
  if (boxes.length === 0) return;
  event.preventDefault();
  const [next, ids] = pastedBoxes(useDraft.getState().draft, boxes, useStage.getState().cell);
  if (ids.length === 0) {
    toast(words.canvas.nowhereToPaste);
    return;
  }
  edit(() => next);
  selectAll(ids);
  announce(words.canvas.pasted(boxNamed(ids)));
}

/** Copy, cut and paste boxes with the system's clipboard, between canvases, layouts and tabs. Returns a function that
 * ends it. */
export function listenToClipboard(): () => void {
  const listeners = [
    ['copy', copy],
    ['cut', copy],
    ['paste', paste],
  ] as const;
  for (const [name, follow] of listeners) document.addEventListener(name, follow);
  return () => {
    for (const [name, follow] of listeners) document.removeEventListener(name, follow);
  };
}
