interface Pressed {
  key: string;
  code: string;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
}

/** The Latin letter of a key, in lower case: the letter that it types, or, on a keyboard of another script, the Latin
 * letter of the same key. Null for every other key. */
export function letterOf({ key, code }: Pick<Pressed, 'key' | 'code'>): string | null {
  if (/^[a-z]$/i.test(key)) return key.toLowerCase();
  const printed = /^Key([A-Z])$/.exec(code)?.[1];
  const otherScript = /^\p{L}$/u.test(key) && !/^\p{Script=Latin}$/u.test(key);
  return printed && otherScript ? printed.toLowerCase() : null;
}

const BRACKETS: Readonly<Record<string, 1 | -1>> = { '[': -1, ']': 1, BracketLeft: -1, BracketRight: 1 };

/** 1 for the closing square bracket, -1 for the opening one, null for other keys and with Ctrl. A bracket is a key that
 * types one, or the key at its place on a US keyboard: German and French keyboards then need no AltGr, which browsers
 * report as Ctrl and Alt. */
export function bracketOf({ key, code, altKey, ctrlKey, metaKey }: Pressed): 1 | -1 | null {
  const control = ctrlKey || metaKey;
  if (key.length === 1 && key in BRACKETS) return control && !altKey ? null : (BRACKETS[key] ?? null);
  return altKey || control ? null : (BRACKETS[code] ?? null);
}
