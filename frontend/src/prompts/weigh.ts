import { read } from './reading';

/** A prompt, and what is selected in it. */
export interface Edited {
  text: string;
  start: number;
  end: number;
}

const MOST = 5; // the largest weight that the server takes
const STEP = 0.1; // of a number behind brackets
const WORD = /(?:\\[()"+-]|[^\s()",.;:!?+\-\\]|[+-](?=[^\s()",.;:!?+-])|[.:](?=[^\s()",.;:!?+-]))+/gu;
const SIGN = /^(?:\++|-+|\d+(?:\.\d*)?|\.\d+)/;

type Range = readonly [start: number, end: number];

const trimmed = (text: string, start: number, end: number): Range => {
  const part = text.slice(start, end);
  const from = start + part.length - part.trimStart().length;
  return [from, from + part.trim().length];
};

/** The word at a caret, or the words that a selection touches. A caret behind a weight means what is weighed. */
function wordsAt(text: string, start: number, end: number): Range | null {
  const [from, to] = trimmed(text, start, end);
  const words = [...text.matchAll(WORD)].map((match): Range => [match.index, match.index + match[0].length]);
  if (from < to) {
    const touched = words.filter(([left, right]) => left < to && right > from);
    const [first, last] = [touched[0], touched.at(-1)];
    return first && last ? [Math.min(from, first[0]), Math.max(to, last[1])] : null;
  }
  return words.findLast(([left, right]) => left <= start && start <= right) ?? behindSign(text, start);
}

/** The words before the sign that ends at a caret: `ball++|` or `(red ball)1.2|`. */
function behindSign(text: string, caret: number): Range | null {
  const sign = /(?:\++|-+)$/.exec(text.slice(0, caret))?.[0].length ?? 0;
  const at = caret - sign;
  if (text.charAt(at - 1) !== ')') return sign > 0 ? wordsAt(text, at, at) : null;
  const open = opening(text, at - 1);
  return open === null ? null : [open + 1, at - 1];
}

/** The position of the bracket that one at `close` closes. */
function opening(text: string, close: number): number | null {
  let depth = 0;
  for (let at = close; at >= 0; at--) {
    if (text.charAt(at - 1) === '\\') continue;
    if (text.charAt(at) === ')') depth++;
    else if (text.charAt(at) === '(' && --depth === 0) return at;
  }
  return null;
}

/** What a selection holds without the brackets and the sign around it. */
function unwrapped(text: string, [start, end]: Range): Range {
  if (text.charAt(start) !== '(') return [start, end];
  const sign = /\)(?:\++|-+|\d+(?:\.\d*)?|\.\d+)?$/.exec(text.slice(start, end))?.[0].length;
  const close = sign === undefined ? null : end - sign;
  return close !== null && opening(text, close) === start ? [start + 1, close] : [start, end];
}

/** A sign one step heavier or lighter; "" for none, null beyond what the server takes. */
function stepped(sign: string, by: 1 | -1): string | null {
  if (/\d/.test(sign)) {
    const next = Math.round((Number(sign) + by * STEP) * 100) / 100;
    if (next < 0 || next > MOST) return null;
    return next === 1 ? '' : String(next);
  }
  const count = (sign.startsWith('-') ? -sign.length : sign.length) + by;
  if (1.1 ** count > MOST) return null;
  return (count > 0 ? '+' : '-').repeat(Math.abs(count));
}

const put = (text: string, [start, end]: Range, before: string, inside: string, after: string): Edited => ({
  text: text.slice(0, start) + before + inside + after + text.slice(end),
  start: start + before.length,
  end: start + before.length + inside.length,
});

/** The ways in which the words could be weighed, the best first. */
function ways(text: string, range: Range, by: 1 | -1): Edited[] {
  const [start, end] = range;
  const inside = text.slice(start, end);
  if (text.charAt(start - 1) === '(' && text.charAt(end) === ')') {
    const sign = SIGN.exec(text.slice(end + 1))?.[0] ?? '';
    const next = sign === '' ? String(1 + by * STEP) : stepped(sign, by);
    const whole: Range = [start - 1, end + 1 + sign.length];
    if (next === null) return [];
    const bare = next === '' ? [put(text, whole, '', inside, '')] : [];
    return [...bare, put(text, whole, '(', inside, `)${next}`)];
  }
  const sign = /^(?:\++|-+)/.exec(text.slice(end))?.[0] ?? '';
  const next = stepped(sign, by);
  if (next === null) return [];
  const oneWord = !/[\s()"]/.test(inside);
  const signed = oneWord ? [put(text, [start, end + sign.length], '', inside, next)] : [];
  return [...signed, ...(sign === '' ? [put(text, range, '(', inside, `)${1 + by * STEP}`)] : [])];
}

/** The least and the most that the words in a range count. */
function weightsIn({ text, start, end }: Edited): [number, number] {
  const inside = read(text).leaves.filter((leaf) => leaf.start < end && leaf.end > start);
  const weights = inside.map(({ weight }) => weight);
  return [Math.min(...weights), Math.max(...weights)];
}

/** True if the server reads every word of the range heavier (1) or lighter (-1) than before, and takes the weight. */
function hasEffect(before: Edited, after: Edited, by: 1 | -1): boolean {
  const [was, is] = [weightsIn(before), weightsIn(after)];
  return is.every((weight, at) => (weight - (was[at] ?? 1)) * by > 0 && weight <= MOST && weight >= 0);
}

/** Weigh the selected words, or the word at the caret, one step more or less. A word gets a `+` or a `-`. A phrase gets
 * brackets with a number. Null if there is no word, the weight would be out of range, or the server would not read
 * it. */
export function weigh(text: string, start: number, end: number, by: 1 | -1): Edited | null {
  const touched = wordsAt(text, start, end);
  if (!touched) return null;
  const range = unwrapped(text, touched);
  const before = { text, start: range[0], end: range[1] };
  const found = ways(text, range, by).find((way) => hasEffect(before, way, by));
  if (!found) return null;
  if (start !== end) return found;
  const caret = Math.min(Math.max(start, range[0]), range[1]) - range[0] + found.start;
  return { text: found.text, start: caret, end: caret };
}
