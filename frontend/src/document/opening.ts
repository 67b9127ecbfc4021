import type { Job } from '../api/types';
import { words } from '../words/words';
import { type Draft, EMPTY } from './draft';
import { emptyFor } from './fitted';
import { layoutOf, withJob } from './job';
import { type Fields, object, UnknownField } from './read/fields';
import { parsed, readDocument } from './read/job';
import { KINDS } from './read/layout';

interface Opened {
  change: (draft: Draft) => Draft;
  /** The fields of the document that the studio does not know, such as "layout.mood". */
  leftOut: string[];
}

/** Fill the fields that a layout leaves out with those of an empty one. `fittedTo`: the side of the pictures that it is
 * sized for, in pixels. */
function completed(layout: unknown, fittedTo: number): unknown {
  if (typeof layout !== 'object' || layout === null) return layout;
  const kind = KINDS.find((one) => one === (layout as Fields).kind);
  return { ...(kind && layoutOf({ ...emptyFor(fittedTo), kind })), ...layout };
}

/** Read a document, and delete the fields that the studio does not know from it. */
function readKnown(document: Fields): { job: Job; leftOut: string[] } {
  const leftOut: string[] = [];
  for (;;) {
    try {
      return { job: readDocument(document), leftOut };
    } catch (error) {
      if (!(error instanceof UnknownField)) throw error;
      delete error.holder[error.field];
      leftOut.push(error.holder === document ? error.field : `${error.where}.${error.field}`);
    }
  }
}

/** Open the text of a job document in the editor, also a document of another version or one that says little. Fields
 * that the studio does not know are left out and named. Parts of the layout that the document does not have are empty.
 * Without a sampling of its own, the draft keeps its settings. `fittedTo`: that of the draft. Throws `NotAJob`. */
export function openJob(text: string, fittedTo = EMPTY.fittedTo): Opened {
  const document = object(parsed(text), words.reading.document);
  const { layout, sampling } = document;
  const { job, leftOut } = readKnown({
    ...document,
    layout: completed(layout, fittedTo),
    sampling: sampling ?? { model: '' },
  });
  const change = (draft: Draft): Draft => {
    const opened = withJob(draft, job);
    return sampling == null ? { ...opened, sampling: draft.sampling } : opened;
  };
  return { change, leftOut };
}
