import { expect, it } from 'vitest';
import { weightRemarks } from './weights';

it.each([
  ['((a house)) (', ['One “(” is never closed', '“((a house))” weighs nothing without a number. Write (a house)1.2']],
  ['a house) in (snow', ['has no “(” before it']],
  ['((a house', ['2 “(” are never closed']],
  ['a (red:1.4) barn', ['“(red:1.4)” is read as text. A weight stands behind: (red)1.4.']],
  ['a (red) 1.4 barn', ['without a space']],
  ['a (red) ++ barn', ['without a space']],
  ['a barn, <lora:ink:0.8>', ['“<lora:ink:0.8>” is read as text. Choose the LoRA']],
  ['(a)1.2 and ((b))', ['“((b))” weighs nothing']],
])('remarks on what looks like a weight and is none: %s', (prompt, says) => {
  const remarks = weightRemarks(prompt);
  expect(remarks).toHaveLength(says.length);
  says.forEach((part, at) => {
    expect(remarks[at]).toContain(part);
  });
});

it.each([
  '',
  'a cat (black), sitting',
  'a ball++ in (tall grass)0.5',
  '(a (red)1.2 ball)1.5',
  '((a red ball)1.2)++',
  '((a house))1.2',
  '("a red ball").attend(1.4)',
  String.raw`\(c\)1950, C\+\+ and one \(`,
  'a house (old) 1950',
  'time (10:30)',
  'fog - and more fog (thick) - all day',
])('has nothing to say of %s', (prompt) => {
  expect(weightRemarks(prompt)).toEqual([]);
});
