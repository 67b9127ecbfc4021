import { useRef } from 'react';
import { EMPTY } from '../../document/draft';
import { edit, undo } from '../../document/store';
import { select, showJob } from '../../session';
import { Menu } from '../../ui/Menu';
import { toast } from '../../ui/toasts';
import { copyAsCurl, copyAsPython } from '../gallery/copyAs';
import { downloadDocument } from '../gallery/download';
import { useDraftJob } from '../jobs/useGenerate';
import { openFile } from './openFile';

function startAnew(): void {
  edit((draft) => ({
    ...draft,
    [draft.kind]: EMPTY[draft.kind],
    start: null,
    outputs: { ...draft.outputs, [draft.kind]: undefined },
  }));
  select(null);
  showJob(null);
  toast('The canvas is empty.', { label: 'Undo', run: undo });
}

/** Actions for the document as a whole. */
export function FileMenu() {
  const input = useRef<HTMLInputElement>(null);
  const job = useDraftJob();
  return (
    <>
      <Menu
        label="Document"
        opens="down"
        entries={[
          { label: 'Begin anew', icon: 'plus', onSelect: startAnew },
          { label: 'Open a document or picture…', icon: 'open', onSelect: () => input.current?.click() },
          { label: 'Save as JSON', icon: 'download', onSelect: () => job && downloadDocument(job) },
          { label: 'Copy as curl', icon: 'code', onSelect: () => job && copyAsCurl(job) },
          { label: 'Copy as Python', icon: 'code', onSelect: () => job && copyAsPython(job) },
        ]}
      />
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
