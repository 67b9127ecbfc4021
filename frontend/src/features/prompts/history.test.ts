// @vitest-environment jsdom
import { expect, test } from 'vitest';
import { rememberText, usedPrompts } from './history';

const STORED = 'inlay.prompts.1';

test('a tab keeps the prompts that another tab has added meanwhile', () => {
  rememberText('a hill', false);
  const stored = JSON.parse(localStorage.getItem(STORED) ?? '');
  stored.state.used.unshift({ text: 'the sea', negative: false, at: Date.now() + 1 });
  localStorage.setItem(STORED, JSON.stringify(stored));
  rememberText('a house', false);
  expect(usedPrompts(false).toSorted()).toEqual(['a hill', 'a house', 'the sea']);
  expect(localStorage.getItem(STORED)).toContain('the sea');
});
