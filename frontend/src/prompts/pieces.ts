import { bracketsOf, pairAt } from './brackets';
import type { Reading } from './reading';
import { unknownWords } from './vocabulary';

/** A part of a prompt that is drawn in one way. */
export interface Piece {
  start: number;
  text: string;
  weight: number;
  /** A word that the model does not know. */
  unknown: boolean;
  bracket: 'unmatched' | 'matched' | null;
}

/** The weight of each character. Spaces between two words of one weight have it as well. */
function weightsOf(prompt: string, { leaves }: Reading): number[] {
  const weights = new Array<number>(prompt.length).fill(1);
  leaves.forEach(({ start, end, weight }, at) => {
    const before = leaves[at - 1];
    const joined = before?.weight === weight && prompt.slice(before.end, start).trim() === '';
    weights.fill(weight, joined ? before.end : start, end);
  });
  return weights;
}

/** A prompt divided into the parts that look alike. `caret`: the pair of brackets beside it is marked; null for none. */
export function piecesOf(
  prompt: string,
  reading: Reading,
  known: ReadonlySet<string> | null,
  caret: number | null,
): Piece[] {
  const brackets = bracketsOf(prompt);
  const pair = caret === null ? null : pairAt(brackets, caret);
  const weights = weightsOf(prompt, reading);
  const unknown = new Set(unknownWords(prompt, known, reading).flatMap(({ start, end }) => [start, end]));
  const marks = new Map<number, Piece['bracket']>(brackets.unmatched.map((position) => [position, 'unmatched']));
  for (const position of pair ?? []) marks.set(position, 'matched');
  const pieces: Piece[] = [];
  let inside = false;
  for (let at = 0; at < prompt.length; at++) {
    const turns = unknown.has(at);
    if (turns) inside = !inside;
    const [weight, bracket] = [weights[at] ?? 1, marks.get(at) ?? null];
    const last = pieces.at(-1);
    if (last && !turns && last.weight === weight && last.bracket === bracket && !bracket)
      last.text += prompt.charAt(at);
    else pieces.push({ start: at, text: prompt.charAt(at), weight, unknown: inside, bracket });
  }
  return pieces;
}

/** The weighted phrases of a prompt with their weights, in order. */
export function weightedPhrases(prompt: string, reading: Reading): { text: string; weight: number }[] {
  return piecesOf(prompt, reading, null, null)
    .filter(({ weight, text }) => weight !== 1 && text.trim() !== '')
    .map(({ text, weight }) => ({ text: text.trim(), weight }));
}

/** A weight as it is shown: two decimals at most. */
export const shownWeight = (weight: number): string => String(Math.round(weight * 100) / 100);
