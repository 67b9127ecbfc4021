/** Eight hues that can be told apart on light and dark backgrounds. A patch has the same colour everywhere. */
const HUES = ['#e8590c', '#1c7ed6', '#9c36b5', '#2b9a3e', '#d6336c', '#c08a00', '#4263eb', '#0c8599'] as const;

/** The colours of the parts of a scene and of a portrait, by their names in the graph, and of the redrawn part of a
 * picture. */
const PARTS: Readonly<Record<string, string>> = {
  background: HUES[3],
  object: HUES[0],
  whole: HUES[6],
  body: HUES[1],
  head: HUES[0],
  '~start': HUES[7],
};

/** The colour of a patch, part or prompt: from its name, or from the number in its id, or from the id's letters. */
export function colourOf(id: string): string {
  const part = PARTS[id];
  if (part) return part;
  const digits = /(\d+)\D*$/.exec(id)?.[1];
  const first = id.startsWith('~') ? HUES.length / 2 : 0; // the first guide and the first patch differ
  const number = digits
    ? first + Number(digits) - 1
    : [...id].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7);
  return HUES[Math.abs(number) % HUES.length] ?? HUES[0];
}

const byte = (unit: number) => Math.round(255 * Math.min(1, Math.max(0, unit)));

/** Red, green and blue, each from 0 to 1, as "#rrggbb". */
export const hexOf = (colour: readonly number[]): string =>
  `#${[0, 1, 2]
    .map((at) =>
      byte(colour[at] ?? 0)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;

/** "#rrggbb" as red, green and blue, each from 0 to 1, with four decimals. */
export const unitsOf = (hex: string): number[] =>
  [1, 3, 5].map((at) => Math.round((10_000 * Number.parseInt(hex.slice(at, at + 2), 16)) / 255) / 10_000);

/** The first free id of the form `p1`, `p2` ... */
export function freeId(letter: string, taken: readonly string[]): string {
  let number = 1;
  while (taken.includes(`${letter}${number}`)) number++;
  return `${letter}${number}`;
}
