import type { Job } from '../../api/types';
import { field, list, NotAJob, object, only, optional } from './fields';
import { readLayout } from './layout';
import { readSampling } from './sampling';
import { readStart } from './start';

function readOutputs(value: unknown): string[] | null {
  if (value == null) return null;
  const names = list(value, 'outputs');
  if (names.every((name): name is string => typeof name === 'string')) return names;
  throw new NotAJob('outputs should be a list of names.');
}

const FIELDS = ['layout', 'sampling', 'start', 'preview', 'outputs', 'images', 'keep', 'models', 'adapters'];

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new NotAJob('The file is not JSON.');
  }
}

/** Read a job document from the text of a file. Throws `NotAJob`. */
export const readJob = (text: string): Job => readDocument(parsed(text));

/** Read a job document. Everything that affects the picture is read, except the versions of models and adapters: a new
 * job gets the current ones. Throws `NotAJob`. */
export function readDocument(document: unknown): Job {
  const job = object(document, 'The document');
  only(job, 'The document', FIELDS);
  return {
    layout: readLayout(job.layout),
    sampling: readSampling(job.sampling),
    start: readStart(job.start),
    preview: { every: 1, keep: 'outputs' },
    outputs: readOutputs(job.outputs),
    images: field(job, 'The document', 'images', 'number', 1),
    keep: optional(job, 'The document', 'keep', 'number'),
  };
}
