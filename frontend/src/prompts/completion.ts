/** A phrase that could stand in place of the text from `start` to the caret. */
interface Completion {
  phrase: string;
  start: number;
}

/** Completions under one heading. */
export interface CompletionGroup {
  name: string;
  completions: readonly Completion[];
}

/** Phrases under one heading. */
export interface Phrases {
  name: string;
  phrases: readonly string[];
}

interface Query {
  text: string;
  start: number;
}

const MOST_WORDS = 5; // before the caret that may belong to one phrase
const INSIDE = 3; // letters from which the middle of a phrase is searched
const [AT_WORD, IN_WORD] = [MOST_WORDS, MOST_WORDS + 1]; // ranks after those of the queries

/** The text before the caret that may begin a phrase: several words, then fewer, down to the last one. */
function queriesAt(text: string, caret: number): Query[] {
  if (/^[\p{L}\p{N}]/u.test(text.slice(caret))) return [];
  const clause = /[^,.;:()"\n]*$/.exec(text.slice(0, caret))?.[0] ?? '';
  if (clause.trim() === '' || /\s$/.test(clause)) return [];
  const begin = caret - clause.length;
  const starts = [...clause.matchAll(/\S+/g)].map(({ index }) => begin + index).slice(-MOST_WORDS);
  return starts.map((start) => ({ text: text.slice(start, caret).toLowerCase(), start }));
}

/** The best place of a phrase among the queries: 0 for the longest that it begins with. Null if nothing matches. */
function placed(phrase: string, queries: readonly Query[]): { rank: number; start: number } | null {
  const lower = phrase.toLowerCase();
  const last = queries.at(-1);
  if (!last || queries.some((query) => query.text === lower)) return null;
  const begun = queries.findIndex((query) => lower.startsWith(query.text));
  if (begun >= 0) return { rank: begun, start: queries[begun]?.start ?? last.start };
  if (last.text.length > 1 && lower.includes(` ${last.text}`)) return { rank: AT_WORD, start: last.start };
  const inside = last.text.length >= INSIDE && lower.includes(last.text);
  return inside ? { rank: IN_WORD, start: last.start } : null;
}

/** At most `most` phrases that complete the text before the caret, by heading. The best heading is first, and the best
 * phrase is first below it. */
export function completionsAt(
  text: string,
  caret: number,
  groups: readonly Phrases[],
  most: number,
): readonly CompletionGroup[] {
  const queries = queriesAt(text, caret);
  if (queries.length === 0) return [];
  const found = groups.map(({ name, phrases }) => {
    const ranked = phrases.flatMap((phrase) => {
      const place = placed(phrase, queries);
      return place ? [{ phrase, ...place }] : [];
    });
    ranked.sort((one, other) => one.rank - other.rank);
    return { name, best: ranked[0]?.rank ?? Number.POSITIVE_INFINITY, ranked };
  });
  found.sort((one, other) => one.best - other.best);
  let room = most;
  return found.flatMap(({ name, ranked }) => {
    const completions = ranked.slice(0, room).map(({ phrase, start }) => ({ phrase, start }));
    room -= completions.length;
    return completions.length > 0 ? [{ name, completions }] : [];
  });
}

/** Every phrase, to be inserted at the caret. */
export const everyPhrase = (caret: number, groups: readonly Phrases[]): readonly CompletionGroup[] =>
  groups
    .filter(({ phrases }) => phrases.length > 0)
    .map(({ name, phrases }) => ({ name, completions: phrases.map((phrase) => ({ phrase, start: caret })) }));

/** The parts of prompts between commas and full stops, each once. */
export function phrasesOf(prompts: readonly string[]): string[] {
  const parts = prompts.flatMap((prompt) => prompt.split(/[,.;\n]+/).map((part) => part.trim()));
  return [...new Set(parts.filter((part) => part.length > 2))];
}
