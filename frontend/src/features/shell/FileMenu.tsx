import { useRef } from 'react';
import { ApiProblem } from '../../api/problem';
import type { Job } from '../../api/types';
import { EMPTY } from '../../document/draft';
import { edit, undo } from '../../document/store';
import { select, showJob } from '../../session';
import { Menu } from '../../ui/Menu';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';
import { copyAsCurl, copyAsPython } from '../gallery/copyAs';
import { downloadDocument } from '../gallery/download';
import { useGenerate } from '../jobs/useGenerate';
import { openFile } from './openFile';

function startAnew(): void {
  edit((draft) => ({
    ...draft,
    [draft.kind]: EMPTY[draft.kind],
    start: null,
    outputs: { ...draft.outputs, [draft.kind]: undefined },
    guides: { ...draft.guides, [draft.kind]: [] },
  }));
  select(null);
  showJob(null);
  toast('The canvas is empty.', { label: 'Undo', run: undo });
}

/** Actions for the document as a whole. */
export function FileMenu() {
  const input = useRef<HTMLInputElement>(null);
  const { prepare } = useGenerate();
  /** Do something with the draft's document, once what is painted is uploaded. */
  const withJob = async (act: (job: Job) => void) => {
    try {
      const job = await prepare();
      if (job) act(job);
    } catch (error) {
      toast(error instanceof ApiProblem ? error.message : 'The document could not be made.');
    }
  };
  return (
    <>
      <Menu
        label={words.shell.file}
        opens="down"
        testId="file"
        entries={[
          { label: 'Begin anew', icon: 'plus', onSelect: startAnew },
          { label: 'Open a document or picture…', icon: 'open', onSelect: () => input.current?.click() },
          { label: 'Save as JSON', icon: 'download', onSelect: () => withJob((job) => downloadDocument(job)) },
          { label: 'Copy as curl', icon: 'code', onSelect: () => withJob(copyAsCurl) },
          { label: 'Copy as Python', icon: 'code', onSelect: () => withJob(copyAsPython) },
        ]}
      >
        {words.shell.file}
      </Menu>
      <input
        ref={input}
        type="file"
        hidden
        accept="application/json,.json,image/png,.png"
        aria-label="Job document"
        data-testid="open-file"
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (file) openFile(file);
        }}
      />
    </>
  );
}
