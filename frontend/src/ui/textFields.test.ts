// @vitest-environment jsdom
import { afterEach, expect, it } from 'vitest';
import { isForText, isTyping } from './textFields';

afterEach(() => document.getSelection()?.removeAllRanges());

function put(html: string): HTMLElement {
  document.body.innerHTML = `<p>a marked word</p>${html}`;
  const field = document.querySelector<HTMLElement>('[data-field]');
  if (!field) throw new Error(html);
  field.focus();
  return field;
}

function copied(from: HTMLElement): boolean {
  let said = false;
  document.addEventListener('copy', (event) => (said = isForText(event)), { once: true });
  from.dispatchEvent(new Event('copy', { bubbles: true }));
  return said;
}

const fields = ['', 'text', 'search', 'password', 'date', 'number'].map((type) => `<input type="${type}" data-field>`);

it.each([...fields, '<textarea data-field></textarea>', '<div contenteditable=true tabindex=0 data-field></div>'])(
  'takes the keys and the clipboard for a text in %s',
  (html) => {
    const field = put(html);
    expect([isTyping(), copied(field)]).toEqual([true, true]);
  },
);

const others = ['checkbox', 'radio', 'range', 'color', 'file'].map((type) => `<input type=${type} data-field>`);

it.each([...others, '<button data-field></button>', '<select data-field></select>'])('knows no text in %s', (html) => {
  const field = put(html);
  expect(document.activeElement).toBe(field);
  expect([isTyping(), copied(field)]).toEqual([false, false]);
});

it('leaves the clipboard to a dialog and to a word that is marked on the page, where nothing is typed', () => {
  const button = put('<dialog open><button data-field></button></dialog>');
  expect([isTyping(), copied(button)]).toEqual([false, true]);
  document.getSelection()?.selectAllChildren(document.querySelector('p') ?? document.body);
  expect([isTyping(), copied(document.body)]).toEqual([false, true]);
});
