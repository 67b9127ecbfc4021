import { type Limits, words } from '../words/words';

export type { Limits };

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** The digits and the decimal sign of Persian and Arabic keyboards, as Latin ones. */
const latin = (text: string): string =>
  text
    .replaceAll(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
    .replaceAll(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replaceAll('٫', '.')
    .replaceAll('٬', ',');

const WITH_COMMA = /^[+-]?\d+(,\d+)+(\.\d+)?$/;

const fits = (number: number, { min, above, max, below, whole }: Limits): boolean =>
  Number.isFinite(number) &&
  (!whole || Number.isInteger(number)) &&
  number >= (min ?? Number.NEGATIVE_INFINITY) &&
  number > (above ?? Number.NEGATIVE_INFINITY) &&
  number <= (max ?? Number.POSITIVE_INFINITY) &&
  number < (below ?? Number.POSITIVE_INFINITY);

/** Read the number in a text, or return a sentence that says what is wrong. Nothing is rounded, cut or guessed. */
export function readNumber(text: string, limits: Limits): { number: number } | { wrong: string } {
  const said = latin(text.trim());
  if (WITH_COMMA.test(said)) {
    return { wrong: words.numbers.withComma(said) };
  }
  const number = DECIMAL.test(said) ? Number(said) : Number.NaN;
  return fits(number, limits) ? { number } : { wrong: words.numbers.wanted(limits) };
}
