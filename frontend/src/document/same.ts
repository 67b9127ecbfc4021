/** A value as JSON in which neither the order of fields nor a field that is left open makes a difference. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    const fields = Object.entries(part).filter(([, held]) => held !== null && held !== undefined);
    return Object.fromEntries(fields.sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}

/** Whether two documents, or parts of them, say the same. */
export const same = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other);
