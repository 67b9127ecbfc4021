/** A warning about text in a prompt that looks like a weight and is none. Every test reads the prompt with escaped
 * characters blanked. */
interface Check {
  finds: RegExp;
  says: (found: string, inside: string) => string;
}

const CHECKS: readonly Check[] = [
  {
    finds: /<lora:([^<>:]+)[^<>]*>/d,
    says: (found) => `“${found}” is read as text. Choose the LoRA in the settings of this prompt.`,
  },
  {
    finds: /\(([^()]*\p{L}[^():]*):\s*\d+(?:\.\d+)?\)/du,
    says: (found, inside) => `“${found}” is read as text. A weight stands behind: (${inside})${weightIn(found)}.`,
  },
  {
    finds: /\(([^()]+)\)\s+(?:\d+\.\d+|\++|-{2,})(?![\w+-])/d,
    says: (found) => `“${found}” is read as text. A weight stands directly behind the parenthesis, without a space.`,
  },
  {
    finds: /\(\(([^()]+)\)\)(?![\d+-]|\.attend)/d,
    says: (found, inside) => `“${found}” weighs nothing without a number. Write (${inside})1.2, or (${inside})++.`,
  },
];

const weightIn = (text: string) => /[\d.]+(?=\)$)/.exec(text)?.[0] ?? '1.2';

/** The prompt with each escaped character replaced by two letters. */
const unescaped = (prompt: string) => prompt.replaceAll(/\\[()"+-]/g, 'xx');

/** A warning about a parenthesis without its partner; null if there is none. */
function unpaired(prompt: string): string | null {
  let open = 0;
  for (const letter of prompt) {
    if (letter === '(') open++;
    else if (letter === ')' && --open < 0) return 'One “)” has no “(” before it, and is read as text.';
  }
  if (open === 0) return null;
  return open === 1
    ? 'One “(” is never closed, and is read as text.'
    : `${open} “(” are never closed, and are read as text.`;
}

/** Warnings about the weights in a prompt, as sentences; none if all of it means what it seems to. */
export function weightRemarks(prompt: string): string[] {
  const plain = unescaped(prompt);
  const odd = unpaired(plain);
  const found = CHECKS.flatMap(({ finds, says }) => {
    const [whole, inside] = finds.exec(plain)?.indices ?? [];
    return whole && inside ? [says(prompt.slice(...whole), prompt.slice(...inside))] : [];
  });
  return odd ? [odd, ...found] : found;
}
