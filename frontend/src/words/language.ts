import { create } from 'zustand';
import { readStored, store } from '../storage';
import { english } from './en';
import { speak, type Words } from './words';

/** The languages of the studio: their names in themselves, and the side from which they are read. */
export const LANGUAGES = {
  en: { name: 'English', dir: 'ltr' },
  fa: { name: 'فارسی', dir: 'rtl' },
} as const;

export type Language = keyof typeof LANGUAGES;
/** A language, or the first of the browser's that the studio speaks. */
type LanguageChoice = Language | 'auto';

const KEPT_AS = 'inlay.language';

/** The catalogues. All but the English one are loaded when they are needed. */
const CATALOGUES: Readonly<Record<Language, () => Promise<Words>>> = {
  en: async () => english,
  fa: async () => (await import('./fa')).persian,
};

const isLanguage = (code: unknown): code is Language => typeof code === 'string' && code in LANGUAGES;
const isChoice = (code: unknown): code is LanguageChoice => code === 'auto' || isLanguage(code);

/** The first language of the browser's list that the studio speaks. */
export function preferred(languages: readonly string[] = navigator.languages): Language {
  return languages.map((tag) => tag.toLowerCase().split('-')[0]).find(isLanguage) ?? 'en';
}

interface Spoken {
  choice: LanguageChoice;
  /** The language that the screen shows. */
  language: Language;
}

export const useLanguage = create<Spoken>(() => ({ choice: 'auto', language: 'en' }));

/** Say the language of the page to the browser: screen readers pronounce it, and the layout runs from its side. */
function mark(language: Language): void {
  document.documentElement.lang = language;
  document.documentElement.dir = LANGUAGES[language].dir;
}

/** Show the studio in a language. Throws if its catalogue cannot be loaded; the studio then stays as it is. */
async function show(choice: LanguageChoice): Promise<void> {
  const language = choice === 'auto' ? preferred() : choice;
  speak(await CATALOGUES[language]());
  mark(language);
  useLanguage.setState({ choice, language });
}

/** Choose the language, and keep the choice in this browser. Anything that is no choice changes nothing. */
export async function chooseLanguage(choice: string): Promise<void> {
  if (!isChoice(choice)) return;
  await show(choice);
  store('localStorage', KEPT_AS, choice === 'auto' ? null : choice);
}

/** Show the studio in the language that was chosen here, or else in one of the browser's; in English if that cannot be
 * loaded. */
export async function startLanguage(): Promise<void> {
  const kept = readStored('localStorage', KEPT_AS);
  await show(isChoice(kept) ? kept : 'auto').catch(() => mark('en'));
}
