import { insertPhrase } from '../../prompts/vocabulary';

interface Target {
  element: HTMLTextAreaElement;
  change: (text: string) => void;
}

let target: Target | null = null;

/** The prompt that was edited last. Suggestions are inserted there. */
export function setPromptTarget(next: Target): void {
  target = next;
}

/** Insert a phrase into the prompt that was edited last, or else into the first one on the page. */
export function suggest(phrase: string): void {
  if (!target?.element.isConnected) document.querySelector<HTMLTextAreaElement>('textarea[data-prompt]')?.focus();
  if (!target) return;
  const { element, change } = target;
  const { text, caret } = insertPhrase(element.value, element.selectionStart, element.selectionEnd, phrase);
  change(text);
  element.focus();
  requestAnimationFrame(() => element.setSelectionRange(caret, caret));
}
