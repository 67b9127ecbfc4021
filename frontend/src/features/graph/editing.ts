import type { JSONPath } from 'jsonc-parser';
import { createContext, useContext } from 'react';
import { faultAt } from '../../api/problem';
import { useModels } from '../../api/queries';
import { edit, useDraft } from '../../document/store';
import { useCell, useGenerate, useModel } from '../jobs/useGenerate';
import { controlsIn, graphIn, nodesIn } from './edits';
import { list, record, text as textIn } from './loose';

/** Replace the text of the draft's own graph. Edits of one field are undone together. */
export const write = (text: string, gesture: string | null): void =>
  edit((draft) => ({ ...draft, custom: { text } }), gesture);

export interface Editing {
  text: string;
  /** Pixels of a cell, and the cells of the model's own side. */
  cell: number;
  native: number;
  /** The names that a field may refer to. */
  names: Readonly<Record<string, readonly string[]>>;
  /** The value that the server fills in at a path. */
  filled: (path: JSONPath) => unknown;
  fault: (path: JSONPath) => string | undefined;
}

/** What the fields of the graph's editor read. */
export function useEditing(): Editing {
  const { text } = useDraft((now) => now.draft.custom);
  const { compiled, faults } = useGenerate();
  const models = useModels().data;
  const model = useModel();
  const cell = useCell();
  const graph = compiled?.job.layout.kind === 'custom' ? compiled.graph : null;
  const groups = [...nodesIn(text, 'observables'), ...nodesIn(text, 'laws')].map((one) =>
    textIn(record(one.precision).group),
  );
  return {
    text,
    cell,
    native: model ? Math.round(model.native_size / model.cell) : 16,
    names: {
      control: controlsIn(text),
      mask: Object.keys(record(graphIn(text).masks)),
      model: models?.map(({ id }) => id) ?? [],
      group: [...new Set(groups)].filter(Boolean),
    },
    filled: (path) =>
      path.reduce<unknown>((now, step) => (typeof step === 'number' ? list(now)[step] : record(now)[step]), graph),
    fault: (path) => faultAt(faults, 'layout', 'graph', ...path),
  };
}

const Context = createContext<Editing | null>(null);
export const EditingProvider = Context.Provider;

export function useFieldEditing(): Editing {
  const value = useContext(Context);
  if (!value) throw new Error('A field of a graph is used outside of its editor');
  return value;
}
