import { applyEdits, type JSONPath, modify } from 'jsonc-parser';
import { graphOf } from '../../document/graph';
import { type Loose, list, record, sizeIn, text as textIn } from './loose';
import type { Part } from './network';
import { blank, schemaOfPart } from './schema';

/** Edits of a graph's text. They change only the place that is edited, so that the rest keeps its form and its comments. Text
 * that is not JSON stays as it is. */

const FORM = { formattingOptions: { insertSpaces: true, tabSize: 2, eol: '\n' } };
const EMPTY = '{\n  "controls": [],\n  "observables": []\n}';

const isGraph = (text: string): boolean => graphOf(text).graph !== null;

/** Set the value at a path; undefined removes it. */
export function setIn(text: string, path: JSONPath, value: unknown): string {
  const from = text.trim() === '' ? EMPTY : text;
  return isGraph(from) ? applyEdits(from, modify(from, path, value, FORM)) : text;
}

function inserted(text: string, path: JSONPath, value: unknown): string {
  return applyEdits(text, modify(text, path, value, { ...FORM, isArrayInsertion: true }));
}

export const graphIn = (text: string): Loose => record(graphOf(text).graph);
export const nodesIn = (text: string, part: Part): Loose[] => list(graphIn(text)[part]).map(record);

/** The names of the controls of a graph. */
export const controlsIn = (text: string): string[] => nodesIn(text, 'controls').map(({ name }) => textIn(name));

const LETTERS = { controls: 'x', observables: 'y', laws: 'law', outputs: 'picture' } as const;

function freeName(text: string, part: Part): string {
  const taken = new Set(
    (['controls', 'observables', 'laws', 'outputs'] as const).flatMap((one) =>
      nodesIn(text, one).map(({ name, node }) => name ?? node),
    ),
  );
  const letter = LETTERS[part];
  if (part === 'controls' && !taken.has(letter)) return letter;
  let number = 1;
  while (taken.has(`${letter}${number}`)) number++;
  return `${letter}${number}`;
}

/** A new node as the schema asks for it. It sees the whole of `control`. `native`: the cells of a model's own side. */
function newNode(text: string, part: Part, control: string, native: number): Loose {
  const name = freeName(text, part);
  const operator = { kind: 'identity', control };
  const size = sizeIn(nodesIn(text, 'controls')[0] ?? {}) ?? { width: native, height: native };
  const own = {
    controls: { name, ...size },
    observables: { name, operator },
    laws: { name, operator },
    outputs: { node: name, operator },
  };
  const node = { ...record(blank(schemaOfPart(part))), ...own[part] };
  return part === 'laws' ? { ...node, deviation: 0.1 } : node;
}

/** Add a node. Returns the text and the index of the node in its part. */
export function addNode(text: string, part: Part, native: number, control?: string): [string, number] {
  const from = text.trim() === '' ? EMPTY : text;
  if (!isGraph(from)) return [text, -1];
  const node = newNode(from, part, control ?? controlsIn(from)[0] ?? LETTERS.controls, native);
  const index = nodesIn(from, part).length;
  const there = Array.isArray(graphIn(from)[part]) ? from : setIn(from, [part], []);
  return [inserted(there, [part, index], node), index];
}

/** Every path below a value at which a name of a control or of a node is referred to. */
function references(value: unknown, fields: readonly string[], path: JSONPath = []): [JSONPath, string][] {
  if (Array.isArray(value)) return value.flatMap((one, index) => references(one, fields, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]): [JSONPath, string][] =>
    fields.includes(name) && typeof one === 'string'
      ? [[[...path, name], one]]
      : references(one, fields, [...path, name]),
  );
}

/** Paths of the outputs that save a node and have no operator of their own. */
const savedAs = (text: string, name: string): JSONPath[] =>
  nodesIn(text, 'outputs').flatMap(({ node, operator }, index) =>
    node === name && !operator ? [['outputs', index]] : [],
  );

/** Give a node another name, and change every place that refers to it. */
export function renameNode(text: string, part: Part, index: number, name: string): string {
  const field = part === 'outputs' ? 'node' : 'name';
  const old = textIn(nodesIn(text, part)[index]?.[field]);
  const alone = nodesIn(text, part).filter((one) => one[field] === old).length === 1;
  const operators = alone && part === 'controls' ? references(graphIn(text), ['control']) : [];
  const places = [
    [part, index, field],
    ...operators.filter(([, value]) => value === old).map(([path]) => path),
    ...(alone && part !== 'outputs' ? savedAs(text, old).map((path) => [...path, 'node']) : []),
  ];
  return places.reduce((now, path) => setIn(now, path, name), text);
}

/** Remove a node, and the outputs that only save it. */
export function removeNode(text: string, part: Part, index: number): string {
  const name = textIn(nodesIn(text, part)[index]?.name);
  const saved = part === 'outputs' ? [] : savedAs(text, name).reverse();
  return [...saved, [part, index]].reduce((now, path) => setIn(now, path, undefined), text);
}
