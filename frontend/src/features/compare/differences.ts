import type { Box, Job } from '../../api/types';
import { words } from '../../words/words';

const say = words.compare;

/** A place in a job document: names of fields, ids of list entries, or their indices. */
export type Path = readonly (string | number)[];

/** A field in which two documents differ. A value is undefined if its document does not have the field. */
export interface Difference {
  path: Path;
  left: unknown;
  right: unknown;
}

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isBox = (value: unknown): value is Box =>
  isFields(value) && ['x', 'y', 'width', 'height'].every((k) => k in value);
const isList = (value: unknown): value is Fields[] => Array.isArray(value) && value.every(isFields);
const isNamed = (list: readonly Fields[]): boolean => list.every(({ id }) => typeof id === 'string');

/** A list as fields: by the ids of its entries if all have one, or else by their indices. */
const fieldsOf = (list: Fields[], named: boolean): [string | number, Fields][] =>
  list.map((entry, index) => [named ? (entry.id as string) : index, entry]);

function ofKeys(left: ReadonlyMap<string | number, unknown>, right: typeof left, path: Path, shared: boolean) {
  const keys = [...new Set([...left.keys(), ...right.keys()])].filter(
    (key) => !shared || (left.has(key) && right.has(key)),
  );
  return keys.flatMap((key) => differences(left.get(key), right.get(key), [...path, key]));
}

/** The fields in which two values differ, in the order of the document. Entries with ids are compared with their
 * namesakes. Of two things of different kinds, only the fields that both have are compared. Null is the same as a field
 * that is left out. */
export function differences(left: unknown, right: unknown, path: Path = []): Difference[] {
  if (left === right || (left == null && right == null)) return [];
  if (isFields(left) && isFields(right) && !isBox(left)) {
    const shared = 'kind' in left && 'kind' in right && left.kind !== right.kind;
    return ofKeys(new Map(Object.entries(left)), new Map(Object.entries(right)), path, shared);
  }
  const lists = isList(left ?? []) && isList(right ?? []) && (Array.isArray(left) || Array.isArray(right));
  if (lists) {
    const [one, other] = [(left ?? []) as Fields[], (right ?? []) as Fields[]];
    const named = isNamed(one) && isNamed(other);
    return ofKeys(new Map(fieldsOf(one, named)), new Map(fieldsOf(other, named)), path, false);
  }
  return JSON.stringify(left) === JSON.stringify(right) ? [] : [{ path, left, right }];
}

/** The fields of two job documents that affect the picture and differ. */
export function documentDifferences(left: Job, right: Job): Difference[] {
  const { preview: _, ...one } = left;
  const { preview: __, ...other } = right;
  return differences(one, other);
}

const promptOf = (documents: readonly Job[], id: string | number): string | undefined =>
  documents
    .flatMap(({ layout }) => (layout.kind === 'regions' ? layout.patches : []))
    .find((patch) => patch.id === id)
    ?.prompt.trim();

function nameOf(step: string | number, before: string | number | undefined, documents: readonly Job[]): string {
  if (before === 'patches') {
    const prompt = promptOf(documents, step);
    return prompt ? say.quoted(prompt) : String(step);
  }
  if (typeof step === 'number') return String(step + 1);
  return (say.fields as Readonly<Record<string, string>>)[step] ?? step.replaceAll('_', ' ');
}

const UNSAID: ReadonlySet<string | number> = new Set(['layout', 'sampling']);

/** A path in the words of the studio, such as "Region “a red house”: Weight". */
export function wordsOf(path: Path, documents: readonly Job[]): string {
  const said = path.flatMap((step, index) =>
    UNSAID.has(step) && path.length > 1 ? [] : [nameOf(step, path[index - 1], documents)],
  );
  const [head = '', ...rest] = said;
  const named = path.includes('patches') && rest.length > 0 ? `${head} ${rest.shift()}` : head;
  const whole = [named, ...rest].join(': ');
  return whole.charAt(0).toUpperCase() + whole.slice(1);
}

const LONGEST = 160; // characters of a value that are shown

/** A value of a document in a few words. */
export function valueWords(value: unknown): string {
  if (value == null) return say.open;
  if (typeof value === 'boolean') return value ? say.on : say.off;
  if (typeof value === 'string') return value.trim() === '' ? say.empty : shortened(value);
  if (isBox(value)) return say.box(value.width, value.height, value.x, value.y);
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) {
    return value.length === 0 ? say.empty : value.join(', ');
  }
  if (isFields(value) && typeof value.prompt === 'string') return shortened(say.quoted(value.prompt));
  return typeof value === 'object' ? shortened(JSON.stringify(value)) : String(value);
}

const shortened = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
