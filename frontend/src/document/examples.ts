import type { Job, Kind, Layout, ModelDescription } from '../api/types';
import { words } from '../words/words';
import type { Draft } from './draft';
import { enlarged } from './enlarged';
import { timesFor } from './fitted';
import { withJob } from './job';
import { promptsOf } from './prompts';
import { readJob } from './read/job';
import { same } from './same';

/** An example: a document of the repository's `examples/`, which `inlay generate` and the API accept as it is. */
export interface Example {
  /** The file's name without its ending: the kind of layout, then the name of the example. */
  id: string;
  says: string;
  job: Job;
}

const FILES = import.meta.glob<string>('../../../examples/*.json', { eager: true, query: '?raw', import: 'default' });

/** The prompts of an example in a line; those of a scene's parts repeat what the prompt of the whole says. */
const saysOf = (layout: Layout): string =>
  promptsOf(layout)
    .filter(({ id }) => layout.kind !== 'scene' || id === 'whole')
    .map(({ prompt }) => prompt)
    .join(' · ');

function exampleOf(path: string, text: string): Example {
  const job = readJob(text);
  const id = path.replace(/^.*\/|\.json$/g, '');
  return { id, says: saysOf(job.layout), job };
}

/** The name of an example in the visitor's language. */
export const titleOfExample = ({ id }: Example): string =>
  (words.examples as Readonly<Record<string, string>>)[id] ?? id;

/** The examples, sorted by name. */
export const EXAMPLES: readonly Example[] = Object.entries(FILES).map(([path, text]) => exampleOf(path, text));

/** The examples to offer for an empty layout. */
export const examplesFor = (kind: Kind): readonly Example[] => EXAMPLES.filter(({ job }) => job.layout.kind === kind);

type Known = Pick<ModelDescription, 'id' | 'native_size' | 'vocabulary'>;

/** True if a model knows the words of another one: a prompt that was written for one means the same for the other. */
const knowsTheWordsOf = (one: Known, other: Known): boolean =>
  one.id === other.id || (other.vocabulary.length > 0 && same(one.vocabulary, other.vocabulary));

/** The models that know the words of an example; of all examples, if none is named. */
export function readersOf<Model extends Known>(
  models: readonly Model[],
  examples: readonly Example[] = EXAMPLES,
): Model[] {
  const written = models.filter(({ id }) => examples.some(({ job }) => job.sampling.model === id));
  return models.filter((model) => written.some((one) => knowsTheWordsOf(model, one)));
}

/** Open an example in the draft, at the size of the model's pictures. It keeps the draft's model if that knows the
 * example's words, and else takes the model of the example, if the server offers it. `models`: those of the server; as
 * long as they are not known, the example keeps its model. `first`: the model of a draft that names none. */
export function withExample(draft: Draft, example: Example, models?: readonly Known[], first?: Known): Draft {
  const opened = withJob(draft, example.job);
  if (!models) return opened;
  const chosen = models.find(({ id }) => id === draft.sampling.model) ?? first;
  const readers = readersOf(models, [example]);
  const own = readers.find(({ id }) => id === example.job.sampling.model);
  const model = readers.find(({ id }) => id === chosen?.id) ?? own;
  const named = { ...opened, sampling: { ...opened.sampling, model: model?.id ?? draft.sampling.model } };
  const native = (model ?? chosen)?.native_size;
  return native === undefined ? named : enlarged(named, native, timesFor(native));
}
