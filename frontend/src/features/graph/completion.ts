import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { getLocation, type JSONPath, parse } from 'jsonc-parser';
import { list, record, text as textIn } from './loose';
import { chosen, fieldsOf, isRequired, kindsOf, resolved, type Schema, schemaAt } from './schema';

const NAMED: Readonly<Record<string, string>> = { control: 'controls', mask: 'masks' };

const at = (value: unknown, path: JSONPath): unknown =>
  path.reduce<unknown>((now, step) => (typeof step === 'number' ? list(now)[step] : record(now)[step]), value);

function keysFor(path: JSONPath, root: unknown, held: unknown, colon: boolean): Completion[] {
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
        apply: `"${name}"${colon ? '' : ': '}`,
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

/** What may stand in a graph's text at the cursor: the fields and values of its schema, and names that the graph has. */
export function completeGraph(context: CompletionContext): CompletionResult | null {
  const { pos, state } = context;
  const text = state.doc.toString();
  const location = getLocation(text, pos);
  const word = context.matchBefore(/"?[\w.-]*/);
  if (!context.explicit && (!word || word.from === word.to)) return null;
  const node = location.previousNode;
  const inside = node !== undefined && node.offset < pos && pos <= node.offset + node.length;
  const [from, to] = inside ? [node.offset, node.offset + node.length] : [word?.from ?? pos, pos];
  const root: unknown = parse(text);
  if (location.isAtPropertyKey) {
    const path = location.path.slice(0, -1);
    const colon = /^\s*:/.test(text.slice(to));
    return { from, to, options: keysFor(path, root, at(root, path), colon), filter: true };
  }
  const options = valuesFor(location.path, root).map((value) => {
    const said = JSON.stringify(value);
    return { label: String(value), apply: said, type: 'enum' };
  });
  return options.length > 0 ? { from, to, options } : null;
}
