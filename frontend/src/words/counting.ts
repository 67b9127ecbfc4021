/** The forms of a counted noun, by the categories of `Intl.PluralRules`. */
type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** How a language writes numbers and counts things. */
export function counting(language: string) {
  const rules = new Intl.PluralRules(language);
  const whole = (count: number): string => count.toLocaleString(language);
  return {
    /** An integer, with its thousands set apart. */
    whole,
    /** A number with at most six digits of a fraction. */
    written: (number: number): string => number.toLocaleString(language, { maximumFractionDigits: 6 }),
    /** A number with exactly `digits` digits of a fraction. */
    fixed: (number: number, digits: number): string =>
      number.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
    /** A count and the form of the noun that it asks for. */
    plural: (count: number, forms: Forms): string => `${whole(count)} ${forms[rules.select(count)] ?? forms.other}`,
  };
}
