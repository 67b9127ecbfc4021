import { words } from '../words/words';

/** A warning about text in a prompt that looks like a weight and is none. Every test reads the prompt with escaped
 * characters blanked. */
interface Check {
  finds: RegExp;
  says: (found: string, inside: string) => string;
}

const CHECKS: readonly Check[] = [
  {
    finds: /<lora:([^<>:]+)[^<>]*>/d,
    says: (found) => words.prompts.loraInText(found),
  },
  {
    finds: /\(([^()]*\p{L}[^():]*):\s*\d+(?:\.\d+)?\)/du,
    says: (found, inside) => words.prompts.weightInside(found, inside, weightIn(found)),
  },
  {
    finds: /\(([^()]+)\)\s+(?:\d+\.\d+|\++|-{2,})(?![\w+-])/d,
    says: (found) => words.prompts.weightApart(found),
  },
  {
    finds: /\(\(([^()]+)\)\)(?![\d+-]|\.attend)/d,
    says: (found, inside) => words.prompts.noWeight(found, inside),
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
    else if (letter === ')' && --open < 0) return words.prompts.notOpened;
  }
  if (open === 0) return null;
  return words.prompts.notClosed(open);
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
