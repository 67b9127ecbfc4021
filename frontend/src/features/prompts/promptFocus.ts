import { insertPhrase } from '../../prompts/vocabulary';
import { showTab } from '../../session';

interface Target {
  element: HTMLTextAreaElement;
  change: (text: string) => void;
  /** Weigh the selected words one step more (1) or less (-1). */
  weigh: (by: 1 | -1) => void;
}

let target: Target | null = null;

/** The prompt that was edited last. Suggestions are inserted there. */
export function setPromptTarget(next: Target): void {
  target = next;
}

/** True if a prompt has the focus, or had it before a dialog opened. */
export function hasPromptTarget(): boolean {
  const focused = document.activeElement;
  if (!target?.element.isConnected || !focused) return false;
  return focused === target.element || focused.closest('dialog, [role=dialog]') !== null;
}

const first = () => document.querySelector<HTMLTextAreaElement>('textarea[data-prompt]');

/** Turn to the first prompt of the panel: that of the selected box, or else of the layout. */
export function writeFirst(): void {
  showTab('region');
  requestAnimationFrame(() => first()?.focus());
}

/** Weigh the words that are selected in the prompt that was edited last. */
export function weighInTarget(by: 1 | -1): void {
  target?.element.focus();
  target?.weigh(by);
}

/** Insert a phrase into the prompt that was edited last, or else into the first one on the page. */
export function suggest(phrase: string): void {
  if (!target?.element.isConnected) first()?.focus();
  if (!target) return;
  const { element, change } = target;
  const { text, caret } = insertPhrase(element.value, element.selectionStart, element.selectionEnd, phrase);
  change(text);
  element.focus();
  requestAnimationFrame(() => element.setSelectionRange(caret, caret));
}
