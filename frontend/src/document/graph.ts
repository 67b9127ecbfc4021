import type { CustomGraph } from '../api/types';
import { words } from '../words/words';

/** A custom graph as it was typed: the parsed graph, or the reason why it is not JSON. Only the server knows if it can
 * run. */
export type Typed = { graph: CustomGraph; error: null } | { graph: null; error: string };

const STRING_OR_COMMENT = /"(?:\\.|[^"\\])*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

/** The text with a space for every character of a comment, so that places in it stay the same. */
const withoutComments = (text: string): string =>
  text.replaceAll(STRING_OR_COMMENT, (found) => (found.startsWith('"') ? found : found.replaceAll(/\S/g, ' ')));

const TYPED = new Map<string, Typed>(); // only the last text: it is parsed many times between two key presses

function read(text: string): Typed {
  if (text.trim() === '') return { graph: null, error: words.reading.noGraph };
  try {
    const value: unknown = JSON.parse(withoutComments(text));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return { graph: value as CustomGraph, error: null };
    }
    return { graph: null, error: words.reading.noObject };
  } catch (error) {
    return { graph: null, error: words.reading.notJsonYet((error as Error).message) };
  }
}

export function graphOf(text: string): Typed {
  const known = TYPED.get(text);
  if (known) return known;
  const typed = read(text);
  TYPED.clear();
  TYPED.set(text, typed);
  return typed;
}

const WIDE = 72; // characters that are kept on one line

/** Format a value as JSON, with short parts on one line. */
function written(value: unknown, indent: string): string {
  const short = JSON.stringify(value, null, 1).replaceAll(/\n\s*/g, ' ');
  if (typeof value !== 'object' || value === null || short.length + indent.length <= WIDE) return short;
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const parts = Array.isArray(value)
    ? value.map((one) => written(one, inner))
    : Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}: ${written(one, inner)}`);
  return `${open}\n${parts.map((part) => inner + part).join(',\n')}\n${indent}${close}`;
}

export const textOf = (graph: CustomGraph): string => written(graph, '');
