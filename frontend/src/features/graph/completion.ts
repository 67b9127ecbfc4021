import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  pickedCompletion,
} from '@codemirror/autocomplete';
import type { EditorView } from '@codemirror/view';
import { getLocation, type JSONPath, parse } from 'jsonc-parser';
import { list, record, text as textIn } from './loose';
import { chosen, fieldsOf, isRequired, kindsOf, resolved, type Schema, schemaAt } from './schema';

const NAMED: Readonly<Record<string, string>> = { control: 'controls', mask: 'masks' };

const at = (value: unknown, path: JSONPath): unknown =>
  path.reduce<unknown>((now, step) => (typeof step === 'number' ? list(now)[step] : record(now)[step]), value);

function keysFor(path: JSONPath, root: unknown, held: unknown): Completion[] {
  const schema = schemaAt(path, root);
  const own = record(held);
  const kinds = kindsOf(schema);
  const fields: readonly (readonly [string, Schema])[] = kinds ? [['kind', {}]] : fieldsOf(schema);
  return fields
    .filter(([name]) => !(name in own))
    .map(([name, field]) => {
      const info = textIn(field.description) || textIn(resolved(field).schema.description);
      return {
        label: name,
        type: 'property',
        apply: written(`"${name}": `),
        boost: isRequired(schema, name) ? 1 : 0,
        ...(info ? { info } : {}),
      };
    });
}

/** The values that a field may have, as JSON. */
function valuesFor(path: JSONPath, root: unknown): unknown[] {
  const name = path.at(-1);
  const around = resolvedAt(path.slice(0, -1), root);
  if (name === 'kind') return Object.keys(kindsOf(around) ?? {});
  const { schema } = resolved(record(record(chosen(around, at(root, path.slice(0, -1))).properties)[String(name)]));
  const names = NAMED[String(name)];
  if (names === 'controls') return list(record(root).controls).map((one) => textIn(record(one).name));
  if (names === 'masks') return Object.keys(record(record(root).masks));
  if (Array.isArray(schema.enum)) return schema.enum;
  return schema.type === 'boolean' ? [true, false] : [];
}

/** The schema at a path, before the value says which kind it is. */
function resolvedAt(path: JSONPath, root: unknown): Schema {
  const name = path.at(-1);
  if (name === undefined) return schemaAt([], root);
  const around = schemaAt(path.slice(0, -1), root);
  return resolved(record(typeof name === 'number' ? around.items : record(around.properties)[name])).schema;
}

/** Write a completion over the word around the cursor, with the quotes of both. */
const written =
  (insert: string) =>
  (view: EditorView, completion: Completion, from: number, to: number): void => {
    const text = view.state.doc.toString();
    const start = text[from - 1] === '"' ? from - 1 : from;
    const end = to + (/^[\w.-]*"?/.exec(text.slice(to))?.[0].length ?? 0);
    const colon = insert.endsWith(': ') && /^\s*:/.test(text.slice(end));
    const said = colon ? insert.slice(0, -2) : insert;
    view.dispatch({
      changes: { from: start, to: end, insert: said },
      selection: { anchor: start + said.length },
      annotations: pickedCompletion.of(completion),
    });
  };

/** What may stand in a graph's text at the cursor: the fields and values of its schema, and names that the graph has. */
export function completeGraph(context: CompletionContext): CompletionResult | null {
  const { pos, state } = context;
  const text = state.doc.toString();
  const word = context.matchBefore(/"?[\w.-]*/);
  if (!word || (!context.explicit && word.from === word.to)) return null;
  const location = getLocation(text, pos);
  const root: unknown = parse(text);
  const path = location.path.slice(0, -1);
  const options = location.isAtPropertyKey
    ? keysFor(path, root, at(root, path))
    : valuesFor(location.path, root).map((value) => ({
        label: String(value),
        apply: written(JSON.stringify(value)),
        type: 'enum',
      }));
  const from = word.text.startsWith('"') ? word.from + 1 : word.from;
  return options.length > 0 ? { from, options, validFor: /^[\w.-]*$/ } : null;
}
