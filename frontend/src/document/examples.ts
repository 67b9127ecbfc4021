import type { Job, Kind, Layout } from '../api/types';
import { words } from '../words/words';
import type { Draft } from './draft';
import { withJob } from './job';
import { readJob } from './read/job';

/** An example: a document of the repository's `examples/`, which `inlay generate` and the API accept as it is. */
export interface Example {
  /** The file's name without its ending: the kind of layout, then the name of the example. */
  id: string;
  says: string;
  job: Job;
}

const FILES = import.meta.glob<string>('../../../examples/*.json', { eager: true, query: '?raw', import: 'default' });

/** The prompts of an example. */
function promptsOf(layout: Layout): string[] {
  switch (layout.kind) {
    case 'panorama':
      return (layout.windows ?? [layout]).map(({ prompt }) => prompt ?? '');
    case 'regions':
      return [layout, ...layout.patches].map(({ prompt }) => prompt);
    case 'scene':
      return [layout.whole.prompt];
    case 'portrait':
      return [layout.body.prompt, layout.head.prompt];
    case 'illusion':
      return layout.views.map(({ prompt }) => prompt);
    case 'texture':
      return [layout.prompt];
    case 'custom':
      return [...new Set(layout.graph.observables.map(({ prompted }) => prompted.prompt))];
  }
}

function exampleOf(path: string, text: string): Example {
  const job = readJob(text);
  const id = path.replace(/^.*\/|\.json$/g, '');
  return { id, says: promptsOf(job.layout).join(' · '), job };
}

/** The name of an example in the visitor's language. */
export const titleOfExample = ({ id }: Example): string =>
  (words.examples as Readonly<Record<string, string>>)[id] ?? id;

/** The examples, sorted by name. */
export const EXAMPLES: readonly Example[] = Object.entries(FILES).map(([path, text]) => exampleOf(path, text));

/** The examples to offer for an empty layout. */
export const examplesFor = (kind: Kind): readonly Example[] => EXAMPLES.filter(({ job }) => job.layout.kind === kind);

/** Open an example in the draft. It keeps its own model if the server offers it. */
export function withExample(draft: Draft, { job }: Example, offered: readonly string[]): Draft {
  const opened = withJob(draft, job);
  const model = offered.includes(job.sampling.model) ? job.sampling.model : draft.sampling.model;
  return { ...opened, sampling: { ...opened.sampling, model } };
}
