import { faultAt } from '../../api/problem';
import type { KeptFrames } from '../../api/types';
import { edit, useDraft } from '../../document/store';
import { SelectField } from '../../ui/SelectField';
import { words } from '../../words/words';
import { useGenerate } from '../jobs/useGenerate';

const { dock } = words;

/** Bytes in the unit that has few digits. */
function bytesInWords(bytes: number): string {
  if (bytes < 1e5) return words.numbers.kilobytes(Math.ceil(bytes / 1e3));
  return bytes < 1e7 ? words.numbers.megabytes(bytes / 1e6, 1) : words.numbers.megabytes(Math.round(bytes / 1e6));
}

/** Choose the nodes of which the server keeps the frames of the run, with the bytes that they take. */
export function KeepFramesField() {
  const kept = useDraft((now) => now.draft.keepFrames);
  const { compiled, faults } = useGenerate();
  return (
    <SelectField<KeptFrames>
      label={dock.keepFrames}
      hint={compiled ? dock.keepHint(bytesInWords(compiled.frames_bytes)) : undefined}
      value={kept}
      options={[
        ['none', dock.keepNone],
        ['outputs', dock.keepOutputs],
        ['all', dock.keepAll],
      ]}
      error={faultAt(faults, 'preview')}
      testId="keep-frames"
      onChange={(keepFrames) => edit((draft) => ({ ...draft, keepFrames }))}
    />
  );
}
