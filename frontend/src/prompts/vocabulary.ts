import type { Reading } from './reading';

interface Word {
  text: string;
  start: number;
  end: number;
}

const WORD = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu;

/** The words of a prompt with their positions. */
function wordsOf(prompt: string): Word[] {
  return [...prompt.matchAll(WORD)].map((match) => ({
    text: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** The words of a prompt that a model with a closed vocabulary was not taught; none if the vocabulary is open. The
 * numbers of weights are no words. */
export function unknownWords(prompt: string, known: ReadonlySet<string> | null, { leaves }: Reading): Word[] {
  if (known === null) return [];
  return wordsOf(prompt).filter((word) => {
    if (!leaves.some(({ start, end }) => start <= word.start && word.start < end)) return false;
    const lower = word.text.toLowerCase();
    return !known.has(lower) && !lower.split(/['’-]/).every((part) => known.has(part));
  });
}

/** At most `count` phrases, spread over the whole list. */
export function spread(phrases: readonly string[], count: number): readonly string[] {
  if (phrases.length <= count) return phrases;
  return Array.from({ length: count }, (_, at) => phrases[Math.floor((at * phrases.length) / count)] ?? '');
}

/** The prompt with a phrase in place of the selection, with spaces around it, and the new position of the caret. */
export function insertPhrase(
  prompt: string,
  start: number,
  end: number,
  phrase: string,
): { text: string; caret: number } {
  const before = prompt.slice(0, start);
  const after = prompt.slice(end);
  const lead = before === '' || /[\s(]$/.test(before) ? '' : ' ';
  const tail = after === '' || /^[\s,.;)]/.test(after) ? '' : ' ';
  const inserted = before + lead + phrase + tail;
  return { text: inserted + after, caret: inserted.length };
}
