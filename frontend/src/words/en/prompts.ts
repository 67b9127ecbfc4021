import { whole as counted } from './numbers';

/** The words of prompt fields. */
export const prompts = {
  write: 'Write the prompt',
  writeKeywords: 'text edit type describe focus',
  usedBefore: 'Used before',
  history: 'Prompts used before (Alt ↑)',
  historyOf: 'Prompts used before',
  noHistory: 'No prompts yet. The prompts of your jobs appear here.',
  words: 'Words that the model knows (Ctrl Space)',
  completions: 'Completions',
  singleWords: 'Single words',
  tooLong: (count: number, most: number) =>
    `The prompt has ${counted(count)} characters: ${counted(count - most)} characters too long. ` +
    `At most ${counted(most)} are taken.`,
  nearlyTooLong: (count: number, most: number) => `${counted(count)} of ${counted(most)} characters.`,
  unknownWords: (model: string, unknown: readonly string[]) => `${model} does not know: ${unknown.join(', ')}`,
  tokens: (tokens: number, limit: number) => `${tokens} of ${limit} tokens`,
  aboutTokens: (tokens: number, limit: number) => `about ${tokens} of ${limit} tokens`,
  chunks: (tokens: number, limit: number, chunks: number) =>
    `${tokens} tokens: the text encoder reads at most ${limit} at once, so it reads this prompt in ${chunks} parts. ` +
    'Nothing is cut off.',
  weights: (phrases: readonly string[]) => `Weights: ${phrases.join(', ')}`,
  recalled: (text: string) => `Prompt from the history: ${text}`,
  typedAgain: 'Your own text again',
  heavier: 'Weigh the selected words more',
  lighter: 'Weigh the selected words less',
  weighKeywords: 'prompt weight attention emphasis',
  weighed: (text: string, weight: string) => `${text}: weight ${weight}`,
  cannotWeigh: 'These words cannot be weighed further.',
  onBox: 'Prompt of this box, on the canvas',
  onBoxHint: 'What is in this box?',
  groups: 'Groups of words',
  known: (model: string) => `Words that ${model} knows`,
  more: (count: number) => `${count} more`,
  loraInText: (found: string) => `“${found}” is read as text. Choose the LoRA in the settings of this prompt.`,
  weightInside: (found: string, inside: string, weight: string) =>
    `“${found}” is read as text. A weight stands behind: (${inside})${weight}.`,
  weightApart: (found: string) =>
    `“${found}” is read as text. A weight stands directly behind the parenthesis, without a space.`,
  noWeight: (found: string, inside: string) =>
    `“${found}” weighs nothing without a number. Write (${inside})1.2, or (${inside})++.`,
  notOpened: 'One “)” has no “(” before it, and is read as text.',
  notClosed: (count: number) =>
    count === 1
      ? 'One “(” is never closed, and is read as text.'
      : `${count} “(” are never closed, and are read as text.`,
};
