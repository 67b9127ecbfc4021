import type { ModelDescription } from '../../api/types';
import { type CompletionGroup, completionsAt, everyPhrase, phrasesOf } from '../../prompts/completion';
import { words } from '../../words/words';
import { usedPrompts } from './history';

/** The lists that a prompt field opens: completions of the word at the caret, all phrases, or prompts used before. */
export type ListKind = 'typing' | 'all' | 'history';

/** An entry of a list, with a key that is unique in the list. It replaces the text from `start` to `end`. */
export interface Option {
  key: string;
  text: string;
  start: number;
  end: number;
  whole: boolean;
}

export interface OptionGroup {
  name: string;
  options: readonly Option[];
}

const MOST_TYPING = 40;
const MOST_HISTORY = 50;

/** The phrases of the model, or, if it was taught no vocabulary of its own, those of prompts used before. */
function phrasesFor(model: ModelDescription | undefined, negative: boolean) {
  if (model && model.vocabulary.length > 0) {
    const single = model.words ? [{ name: words.prompts.singleWords, phrases: model.words }] : [];
    return { groups: model.vocabulary, single };
  }
  return { groups: [{ name: words.prompts.usedBefore, phrases: phrasesOf(usedPrompts(negative)) }], single: [] };
}

const asOptions = (groups: readonly CompletionGroup[], caret: number): OptionGroup[] =>
  groups.map(({ name, completions }, group) => ({
    name,
    options: completions.map(({ phrase, start }, at) => ({
      key: `${group}-${at}`,
      text: phrase,
      start,
      end: caret,
      whole: false,
    })),
  }));

interface Asked {
  kind: ListKind;
  text: string;
  caret: number;
  model: ModelDescription | undefined;
  negative: boolean;
}

/** The entries of a list, by heading. */
export function optionsOf({ kind, text, caret, model, negative }: Asked): OptionGroup[] {
  if (kind === 'history') {
    const used = usedPrompts(negative).filter((one) => one !== text.trim());
    const options = used.slice(0, MOST_HISTORY).map((one, at) => ({
      key: String(at),
      text: one,
      start: 0,
      end: text.length,
      whole: true,
    }));
    return options.length > 0 ? [{ name: words.prompts.historyOf, options }] : [];
  }
  const { groups, single } = phrasesFor(model, negative);
  if (kind === 'all') return asOptions(everyPhrase(caret, groups), caret);
  if (/(?:^|[,.;:()"\n])\s*\S$/.test(text.slice(0, caret))) return []; // one letter says too little
  const found = asOptions(completionsAt(text, caret, groups, MOST_TYPING), caret);
  return found.length > 0 ? found : asOptions(completionsAt(text, caret, single, MOST_TYPING), caret);
}
