import type { Action } from '../../actions/action';
import { toast } from '../../ui/toasts';
import { chooseLanguage, LANGUAGES, type Language } from '../../words/language';
import { words } from '../../words/words';

/** The languages, each by its own name. */
export const LANGUAGE_NAMES = Object.entries(LANGUAGES).map(([code, { name }]) => [code as Language, name] as const);

/** The id of the button whose menu has the languages. */
export const LANGUAGE_CONTROL = 'file';

/** Change the language of the screen, which is built anew: the focus goes to the control of the language in it. What cannot
 * be loaded is said in the present language. */
export const changeLanguage = (choice: string): void =>
  void chooseLanguage(choice).then(
    () => requestAnimationFrame(() => document.getElementById(LANGUAGE_CONTROL)?.focus()),
    () => toast(words.language.notLoaded),
  );

export const languageActions = (): readonly Action[] =>
  [['auto', words.language.auto] as const, ...LANGUAGE_NAMES].map(([choice, name]) => ({
    id: `language.${choice}`,
    label: words.language.use(name),
    keywords: words.language.keywords,
    run: () => changeLanguage(choice),
  }));
