import { findNodeAtLocation, getLocation, type JSONPath, type Node, type ParseError, parseTree } from 'jsonc-parser';
import type { Fault } from '../../api/problem';
import { placeInGraph } from './faults';
import type { Part } from './network';

export interface Range {
  from: number;
  to: number;
}

export interface TextFault extends Range {
  message: string;
}

const PARTS: readonly unknown[] = ['controls', 'observables', 'laws', 'outputs'] satisfies Part[];

/** The node of the graph that a place in its text belongs to. */
export function nodeAt(text: string, offset: number): { part: Part; index: number } | null {
  const [part, index] = getLocation(text, offset).path;
  return PARTS.includes(part) && typeof index === 'number' ? { part: part as Part, index } : null;
}

const range = ({ offset, length }: Node): Range => ({ from: offset, to: offset + length });

/** The text of the value at a path; null if it is not there. */
export function rangeOf(text: string, path: JSONPath): Range | null {
  const root = parseTree(text);
  const node = root && findNodeAtLocation(root, path);
  return node ? range(node) : null;
}

/** The text of the value at a path, or of the nearest value around it. */
function nearest(root: Node, path: JSONPath): Range {
  for (let length = path.length; length > 0; length--) {
    const node = findNodeAtLocation(root, path.slice(0, length));
    if (node) return range(node);
  }
  return { from: root.offset, to: root.offset + 1 };
}

/** What is wrong with a graph's text, each with its place: what is not JSON, or else what the server says. */
export function diagnosticsOf(text: string, error: string | null, faults: readonly Fault[]): TextFault[] {
  if (text.trim() === '') return [];
  const errors: ParseError[] = [];
  const root = parseTree(text, errors);
  const [first] = errors;
  if (error) {
    const from = Math.min(first?.offset ?? 0, text.length);
    return [{ from, to: Math.min(text.length, from + Math.max(1, first?.length ?? 1)), message: error }];
  }
  if (!root) return [];
  return faults.flatMap((fault) => {
    const place = placeInGraph(fault);
    return place ? [{ ...nearest(root, [...place]), message: fault.message }] : [];
  });
}
