// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { english } from './en';
import { persian } from './fa';
import { chooseLanguage, preferred, startLanguage, useLanguage } from './language';
import { optionsOf, words } from './words';

type Text = string | ((...values: never[]) => string) | readonly unknown[];

/** The texts of a catalogue, by their paths. */
function textsOf(branch: object, path = ''): [string, Text][] {
  return Object.entries(branch).flatMap(([key, value]) => {
    const at = path ? `${path}.${key}` : key;
    return typeof value === 'object' && !Array.isArray(value) ? textsOf(value, at) : [[at, value] as [string, Text]];
  });
}

const ENGLISH = textsOf(english);
const PERSIAN = new Map(textsOf(persian));

/** Texts that are the same in both: names, signs and formulas. */
const SAME =
  /^(shell\.brand|graph\.json|compare\.methods\.multidiffusion|.*\.(x0|noisy|lambda|noValue|unknown|pixels|comma))$|^(adapters|sampling\.schedulers|compare\.fields|graph\.amount)/;

describe('the catalogues', () => {
  it('have the same texts', () => {
    expect([...PERSIAN.keys()].sort()).toEqual(ENGLISH.map(([at]) => at).sort());
  });

  it.each(ENGLISH)('say something in both languages: %s', (at, text) => {
    const said = PERSIAN.get(at);
    expect(typeof said).toBe(typeof text);
    expect(said).not.toBe('');
    if (typeof said === 'string' && !SAME.test(at)) expect(said).toMatch(/\p{Script=Arabic}/u);
  });

  const functions = ENGLISH.filter(([, text]) => typeof text === 'function' && (text as () => string).length > 0);
  const others = new Set(['numbers.wanted', 'compare.beyond', 'sampling.modelNeeds', 'graph.size', 'dock.startsIn']);

  it.each(functions.filter(([at]) => !others.has(at)))('uses all values in both languages: %s', (at, text) => {
    for (const said of [text, PERSIAN.get(at)]) {
      const speaks = said as (...values: unknown[]) => string;
      const values = probes(at, speaks.length);
      const plain = speaks(...values);
      const unused = values.filter((_, index) => {
        const changed = values.map((value, other) => (other === index ? changedFrom(value) : value));
        return speaks(...changed) === plain;
      });
      expect(unused).toEqual([]);
    }
  });

  it('count with the forms of the language', () => {
    expect([english.jobs.views(1), english.jobs.views(2)]).toEqual(['1 view', '2 views']);
    expect([persian.jobs.views(1), persian.jobs.views(1200)]).toEqual(['1 نما', '1,200 نما']);
  });
});

/** Values for a function of the catalogue. Those of some are no numbers. */
function probes(at: string, count: number): unknown[] {
  const special: Readonly<Record<string, unknown[]>> = {
    'layout.onGrid': [{ x: 11, y: 12, width: 13, height: 14 }],
    'layout.promptsInOrder': [7, 'x'],
    'file.opened': ['7', ['8']],
    'reading.among': ['7', ['8']],
    'reading.oneOf': ['7', ['8']],
    'prompts.unknownWords': ['7', ['8']],
    'prompts.weights': [['8']],
    'theme.use': ['7'],
    'canvas.duplicated': ['7', ['8']],
    'graph.operators.crop': [{ width: 5, height: 6 }, 7, 8, 9],
    'graph.operators.resize': [{ width: 5, height: 6 }, 7],
    'numbers.when': [1_700_000_000_000],
  };
  return special[at] ?? Array.from({ length: count }, (_, index) => 7 + 100 * index);
}

function changedFrom(value: unknown): unknown {
  if (typeof value === 'number') return value * 3 + 200_000;
  if (typeof value === 'string') return value === 'x' ? 'y' : `${value}!`;
  if (Array.isArray(value)) return [...value, 'more'];
  return Object.fromEntries(Object.entries(value as object).map(([key, one]) => [key, one + 1]));
}

describe('the language', () => {
  afterEach(async () => {
    await chooseLanguage('en');
    localStorage.clear();
  });

  it('is the first of the browser that the studio speaks', () => {
    expect(preferred(['de-DE', 'fa-IR', 'en'])).toBe('fa');
    expect(preferred(['en-GB', 'fa'])).toBe('en');
    expect(preferred(['de'])).toBe('en');
  });

  it('changes the words, the page and the choice that is kept; parts of the catalogue stay the same objects', async () => {
    const { dock } = words;
    await chooseLanguage('fa');
    expect(dock.stop).toBe('توقف');
    expect(optionsOf(words.sampling.spaces)[0]).toEqual(['latent', 'در فضای نهان']);
    expect([document.documentElement.lang, document.documentElement.dir]).toEqual(['fa', 'rtl']);
    expect(localStorage.getItem('inlay.language')).toBe('fa');
    await chooseLanguage('en');
    expect([dock.stop, document.documentElement.dir]).toEqual(['Stop', 'ltr']);
  });

  it('is kept for the next visit, and a strange choice changes nothing', async () => {
    localStorage.setItem('inlay.language', 'fa');
    await startLanguage();
    expect(useLanguage.getState()).toEqual({ choice: 'fa', language: 'fa' });
    await chooseLanguage('xx');
    expect(useLanguage.getState().language).toBe('fa');
  });

  it('is that of the browser until somebody chooses', async () => {
    vi.spyOn(navigator, 'languages', 'get').mockReturnValue(['fa-IR']);
    await startLanguage();
    expect(useLanguage.getState()).toEqual({ choice: 'auto', language: 'fa' });
  });
});
