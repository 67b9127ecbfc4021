import type { JSONPath } from 'jsonc-parser';
import { graphIn, nodesIn, setIn } from './edits';
import { type Loose, list, record, type Size, sizeIn } from './loose';
import type { Part } from './network';
import { blank, kindsOf, resolved, type Schema, schemaOfPart } from './schema';

/** The schema of an operator, with all its kinds. */
const operatorSchema = (): Schema => record(record(schemaOfPart('observables').properties).operator);

/** The name of the control that a view reads; of a composite, that of its first part. */
function readBy(operator: Loose): string {
  if (typeof operator.control === 'string') return operator.control;
  if ('parts' in operator) return readBy(record(list(operator.parts)[0]));
  return 'of' in operator ? readBy(record(operator.of)) : '';
}

/** The operator with `control` in the place of the control that it reads. A composite gets it as a further layer. */
function reading(operator: Loose, control: string): Loose {
  if (operator.kind === 'composite') {
    return { ...operator, layers: true, parts: [...list(operator.parts), { control }] };
  }
  if ('of' in operator) return { ...operator, of: reading(record(operator.of), control) };
  return operator.kind === 'crop' ? { ...operator, control } : { kind: 'identity', control };
}

/** Let a view read a control. */
export const connect = (text: string, part: Part, index: number, control: string): string =>
  setIn(text, [part, index, 'operator'], reading(record(nodesIn(text, part)[index]?.operator), control));

const valueAt = (text: string, path: JSONPath): unknown =>
  path.reduce<unknown>((now, step) => (typeof step === 'number' ? list(now)[step] : record(now)[step]), graphIn(text));

/** The size of the control that an operator reads, but not larger than a model's own side. */
function roomOf(text: string, operator: Loose, native: number): Size {
  const control = nodesIn(text, 'controls').find(({ name }) => name === readBy(operator));
  const { width, height } = sizeIn(control ?? {}) ?? { width: native, height: native };
  return { width: Math.min(width, native), height: Math.min(height, native) };
}

/** A new operator with boxes and sizes that fit. */
function fitted(fresh: Loose, room: Size): Loose {
  const box = { x: 0, y: 0, ...room };
  return {
    ...fresh,
    ...('width' in fresh ? room : {}),
    ...('box' in fresh ? { box } : {}),
    ...('region' in fresh ? { region: { ...record(fresh.region), box } } : {}),
  };
}

const freshOf = (schema: Schema, kind: string): Loose =>
  record(blank(record(kindsOf(resolved(schema).schema)?.[kind])));

/** Give the value at a path another kind. Fields that both kinds have stay, and so does the control that is read. */
export function switchKind(text: string, path: JSONPath, schema: Schema, kind: string, native: number): string {
  const from = record(valueAt(text, path));
  const to = record(kindsOf(resolved(schema).schema)?.[kind]);
  const fresh = fitted(freshOf(schema, kind), roomOf(text, from, native));
  const control = readBy(from);
  const kept = Object.fromEntries(Object.entries(from).filter(([name]) => name in record(to.properties)));
  const reads = {
    ...('control' in fresh ? { control } : {}),
    ...('of' in fresh ? { of: { kind: 'identity', control } } : {}),
    ...('parts' in fresh ? { layers: true, parts: [{ control }, { control }] } : {}),
  };
  return setIn(text, path, { ...fresh, ...reads, ...kept, kind });
}

/** Put an operator of this kind around the one at a path. */
export function wrap(text: string, path: JSONPath, kind: string, native: number): string {
  const of = record(valueAt(text, path));
  return setIn(text, path, { ...fitted(freshOf(operatorSchema(), kind), roomOf(text, of, native)), kind, of });
}

/** Take the operator at a path away, and keep the view that it acts on. */
export const unwrap = (text: string, path: JSONPath): string => setIn(text, path, record(valueAt(text, path)).of);

/** The kinds of operators that act on another view. */
export const wrappers = (): string[] =>
  Object.entries(kindsOf(resolved(operatorSchema()).schema) ?? {})
    .filter(([, schema]) => 'of' in record(schema.properties))
    .map(([kind]) => kind);
