import { expect, test } from 'vitest';
import { isChord, shownKeys, types } from './chord';

const press = (
  key: string,
  code: string,
  held: Partial<Record<'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey', true>> = {},
) => ({
  key,
  code,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  ...held,
});

test('a chord is pressed with exactly its modifiers', () => {
  expect(isChord('Mod+Z', press('z', 'KeyZ', { ctrlKey: true }))).toBe(true);
  expect(isChord('Mod+Z', press('z', 'KeyZ', { metaKey: true }))).toBe(true);
  expect(isChord('Mod+Z', press('Z', 'KeyZ', { ctrlKey: true, shiftKey: true }))).toBe(false);
  expect(isChord('V', press('v', 'KeyV', { ctrlKey: true }))).toBe(false);
});

test('letters are what the keyboard types, and those of other scripts lie where the Latin ones do', () => {
  expect(isChord('Mod+Z', press('z', 'KeyY', { ctrlKey: true }))).toBe(true); // German
  expect(isChord('V', press('м', 'KeyV'))).toBe(true); // Russian
});

test('signs and digits lie at their place on the keyboard', () => {
  expect(isChord('Mod+[', press('ü', 'BracketLeft', { ctrlKey: true }))).toBe(true); // German
  expect(isChord('Shift+1', press('!', 'Digit1', { shiftKey: true }))).toBe(true);
  expect(isChord('Shift+1', press('1', 'Digit1', { shiftKey: true }))).toBe(true); // French
  expect(isChord('Mod++', press('=', 'Equal', { ctrlKey: true }))).toBe(true);
  expect(isChord('Mod++', press('+', 'Equal', { ctrlKey: true, shiftKey: true }))).toBe(true);
  expect(isChord(',', press('б', 'Comma'))).toBe(true); // Russian
  expect(isChord('?', press('?', 'Minus', { shiftKey: true }))).toBe(true);
});

test('a chord without Ctrl and Alt could be meant as text', () => {
  expect(types('V')).toBe(true);
  expect(types('Shift+1')).toBe(true);
  expect(types('Mod+Z')).toBe(false);
  expect(types('Alt+V')).toBe(false);
});

test('a chord is printed as its keys', () => {
  expect(['Mod+Shift+Z', 'Mod++', 'V', '?', 'Mod+-'].map(shownKeys)).toEqual([
    'Ctrl+Shift+Z',
    'Ctrl++',
    'V',
    '?',
    'Ctrl+-',
  ]);
});
