import { english } from './en';

export type { Limits } from './limits';

/** The catalogue in any language: the texts of the English one, and functions of the same values. */
export type Words = typeof english;

type Branch = { [key: string]: unknown };

const isBranch = (value: unknown): value is Branch =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Write the texts of one catalogue into another one. */
function fill(words: Branch, from: Branch): Branch {
  for (const [key, value] of Object.entries(from)) {
    words[key] = isBranch(value) ? fill(isBranch(words[key]) ? words[key] : {}, value) : value;
  }
  return words;
}

/** The words of the studio in the visitor's language. Its parts stay the same objects when the language changes, so a
 * module may keep a part. A text is read only when it is shown. */
export const words = fill({}, english) as Words;

/** Let `words` say what a catalogue says. */
export const speak = (catalogue: Words): void => void fill(words, catalogue);

/** The options of a list: each value with its text. */
export const optionsOf = <Value extends string>(texts: Readonly<Record<Value, string>>) =>
  Object.entries(texts) as [Value, string][];
