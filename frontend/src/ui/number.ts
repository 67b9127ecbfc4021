/** The limits of a number: at least `min` or more than `above`, at most `max` or less than `below`, and no fraction if
 * `whole`. */
export interface Limits {
  min?: number | undefined;
  above?: number | undefined;
  max?: number | undefined;
  below?: number | undefined;
  whole?: boolean | undefined;
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const WITH_COMMA = /^[+-]?\d+(,\d+)+(\.\d+)?$/;

const written = (number: number) => number.toLocaleString('en', { maximumFractionDigits: 6 });

/** The limits in words, to follow "a number". */
function rangeOf({ min, above, max, below }: Limits): string {
  if (min !== undefined && max !== undefined) return ` from ${written(min)} to ${written(max)}`;
  const limits: [string, number | undefined][] = [
    [' above', above],
    [', at least', min],
    [above === undefined ? ' below' : ', below', below],
    [', at most', max],
  ];
  return limits.map(([words, limit]) => (limit === undefined ? '' : `${words} ${written(limit)}`)).join('');
}

/** A sentence that says which numbers a field accepts. */
export const wanted = (limits: Limits): string =>
  `Write a ${limits.whole ? 'whole number' : 'number'}${rangeOf(limits)}.`;

const fits = (number: number, { min, above, max, below, whole }: Limits): boolean =>
  Number.isFinite(number) &&
  (!whole || Number.isInteger(number)) &&
  number >= (min ?? Number.NEGATIVE_INFINITY) &&
  number > (above ?? Number.NEGATIVE_INFINITY) &&
  number <= (max ?? Number.POSITIVE_INFINITY) &&
  number < (below ?? Number.POSITIVE_INFINITY);

/** Read the number in a text, or return a sentence that says what is wrong. Nothing is rounded, cut or guessed. */
export function readNumber(text: string, limits: Limits): { number: number } | { wrong: string } {
  const said = text.trim();
  if (WITH_COMMA.test(said)) {
    return { wrong: `Write “${said}” without commas, and a fraction behind a point, as in 1.5.` };
  }
  const number = DECIMAL.test(said) ? Number(said) : Number.NaN;
  return fits(number, limits) ? { number } : { wrong: wanted(limits) };
}
