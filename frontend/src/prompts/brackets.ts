/** The brackets of a prompt that have no partner, and the pairs of the others. A bracket after a backslash is text. */
export interface Brackets {
  unmatched: readonly number[];
  pairs: readonly (readonly [open: number, close: number])[];
}

export function bracketsOf(prompt: string): Brackets {
  const open: number[] = [];
  const unmatched: number[] = [];
  const pairs: [number, number][] = [];
  for (const { 0: sign, index } of prompt.matchAll(/\\[()"+-]|[()]/g)) {
    if (sign === '(') open.push(index);
    else if (sign === ')') {
      const partner = open.pop();
      if (partner === undefined) unmatched.push(index);
      else pairs.push([partner, index]);
    }
  }
  return { unmatched: [...unmatched, ...open].sort((one, other) => one - other), pairs };
}

/** The pair with a bracket directly before or behind the caret; null if there is none. */
export function pairAt({ pairs }: Brackets, caret: number): readonly [number, number] | null {
  const beside = (position: number) => position === caret || position === caret - 1;
  return pairs.find(([open, close]) => beside(open) || beside(close)) ?? null;
}
