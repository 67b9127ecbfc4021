/** Format a value as JSON so that the order of fields and fields without a value make no difference. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    const fields = Object.entries(part).filter(([, held]) => held !== null && held !== undefined);
    return Object.fromEntries(fields.sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}

/** True if two documents, or parts of them, mean the same. */
export const same = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other);
