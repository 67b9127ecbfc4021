import type { Action } from '../../actions/action';
import { emptyFor } from '../../document/fitted';
import { undoable } from '../../document/store';
import { select, showJob } from '../../session';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';
import { copyAsCurl, copyAsPython } from '../gallery/copyAs';
import { downloadDocument } from '../gallery/download';
import { withDraftedJob } from '../jobs/commands';

/** The id of the input element for files. */
export const FILE_INPUT = 'open-file';

function beginAnew(): void {
  const undo = undoable((draft) => ({
    ...draft,
    [draft.kind]: emptyFor(draft.fittedTo)[draft.kind],
    start: null,
    outputs: { ...draft.outputs, [draft.kind]: undefined },
    guides: { ...draft.guides, [draft.kind]: [] },
  }));
  select(null);
  showJob(null);
  toast(words.file.empty, { label: words.shell.undo, run: undo });
}

const { file } = words;

/** What can be done with the document as a whole. */
export const fileActions = (): readonly Action[] => [
  { id: 'file.begin', label: file.begin, keywords: file.beginKeywords, icon: 'plus', run: beginAnew },
  {
    id: 'file.open',
    label: file.open,
    keywords: file.openKeywords,
    icon: 'open',
    keys: ['Mod+O'],
    run: () => document.getElementById(FILE_INPUT)?.click(),
  },
  {
    id: 'file.save',
    label: file.saveJson,
    keywords: file.saveKeywords,
    icon: 'download',
    keys: ['Mod+S'],
    run: () => withDraftedJob((job) => downloadDocument(job)),
  },
  {
    id: 'file.curl',
    label: file.copyCurl,
    keywords: file.copyKeywords,
    icon: 'code',
    run: () => withDraftedJob(copyAsCurl),
  },
  {
    id: 'file.python',
    label: file.copyPython,
    keywords: file.copyKeywords,
    icon: 'code',
    run: () => withDraftedJob(copyAsPython),
  },
];
