import type { Job, KeptFrames } from '../../api/types';
import { words } from '../../words/words';
import { choice, field, NotAJob, object, only, optional, readNames } from './fields';
import { readLayout } from './layout';
import { readSampling } from './sampling';
import { readStart } from './start';

const readOutputs = (value: unknown): string[] | null => (value == null ? null : readNames(value, 'outputs'));

export const KEPT_FRAMES: readonly KeptFrames[] = ['outputs', 'all', 'none'];

/** Read which frames of the run are kept. The studio shows previews of every step, whatever the document asks for. */
function readPreview(value: unknown): Job['preview'] {
  const preview = value == null ? {} : object(value, 'preview');
  only(preview, 'preview', ['every', 'keep']);
  return { every: 1, keep: choice(preview, 'preview', 'keep', KEPT_FRAMES, 'outputs') };
}

const FIELDS = ['layout', 'sampling', 'start', 'preview', 'outputs', 'images', 'keep', 'models', 'adapters'];

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new NotAJob(words.reading.notJson);
  }
}

/** Read a job document from the text of a file. Throws `NotAJob`. */
export const readJob = (text: string): Job => readDocument(parsed(text));

/** Read a job document. Everything that affects the picture is read, except the versions of models and adapters: a new
 * job gets the current ones. Throws `NotAJob`. */
export function readDocument(document: unknown): Job {
  const job = object(document, words.reading.document);
  only(job, words.reading.document, FIELDS);
  return {
    layout: readLayout(job.layout),
    sampling: readSampling(job.sampling),
    start: readStart(job.start),
    preview: readPreview(job.preview),
    outputs: readOutputs(job.outputs),
    images: field(job, words.reading.document, 'images', 'number', 1),
    keep: optional(job, words.reading.document, 'keep', 'number'),
  };
}
