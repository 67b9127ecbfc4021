/** The forms of a counted noun, by the categories of `Intl.PluralRules`. */
type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** The visitor's own variety of a language, such as British English, if the browser names one. */
const inRegion = (language: string): string =>
  globalThis.navigator?.languages?.find((one) => one.split('-')[0] === language) ?? language;

/** How a language writes numbers and counts things. The digits are Latin ones in every language, as in the fields. */
export function counting(language: string) {
  const dates = new Intl.DateTimeFormat(inRegion(language), {
    numberingSystem: 'latn',
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  const rules = new Intl.PluralRules(language);
  const latin = { numberingSystem: 'latn' };
  const whole = (count: number): string => count.toLocaleString(language, latin);
  return {
    /** An integer, with its thousands set apart. */
    whole,
    /** A number with at most six digits of a fraction. */
    written: (number: number): string => number.toLocaleString(language, { ...latin, maximumFractionDigits: 6 }),
    /** A number with exactly `digits` digits of a fraction. */
    fixed: (number: number, digits: number): string =>
      number.toLocaleString(language, { ...latin, minimumFractionDigits: digits, maximumFractionDigits: digits }),
    /** A date and a time of day. */
    when: (moment: Date | number): string => dates.format(moment),
    /** A count and the form of the noun that it asks for. */
    plural: (count: number, forms: Forms): string => `${whole(count)} ${forms[rules.select(count)] ?? forms.other}`,
  };
}
