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

/** The words of a prompt that a model with a closed vocabulary was not taught; none if the vocabulary is open. */
export function unknownWords(prompt: string, known: ReadonlySet<string> | null): Word[] {
  if (known === null) return [];
  return wordsOf(prompt).filter((word) => {
    const lower = word.text.toLowerCase();
    return !known.has(lower) && !lower.split(/['’-]/).every((part) => known.has(part));
  });
}

/** A prompt divided into parts of known and unknown text, for marking. */
export function marked(prompt: string, known: ReadonlySet<string> | null): { text: string; unknown: boolean }[] {
  const pieces: { text: string; unknown: boolean }[] = [];
  let at = 0;
  for (const word of unknownWords(prompt, known)) {
    if (word.start > at) pieces.push({ text: prompt.slice(at, word.start), unknown: false });
    pieces.push({ text: word.text, unknown: true });
    at = word.end;
  }
  if (at < prompt.length) pieces.push({ text: prompt.slice(at), unknown: false });
  return pieces;
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
