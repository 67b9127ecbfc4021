/** Set a text of either direction apart from the sentence around it, so that neither reorders the other: the Unicode
 * isolates FSI and PDI. */
export const apart = (text: string | number): string => `\u2068${text}\u2069`;

/** Set signs and numbers apart that run from left to right, such as "512 × 256", and keep them in one line. */
export const ltr = (text: string | number): string => `\u2066${String(text).replaceAll(' ', '\u00a0')}\u2069`;
