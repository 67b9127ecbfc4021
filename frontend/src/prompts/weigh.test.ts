import { expect, it } from 'vitest';
import { read } from './reading';
import { weigh } from './weigh';

/** Press the key on a prompt whose selection is written as `[words]`, or whose caret as `|`. */
function press(written: string, ...steps: (1 | -1)[]): string | null {
  const start = Math.max(written.indexOf('['), written.indexOf('|'));
  const text = written.replaceAll(/[[\]|]/g, '');
  const end = written.includes('[') ? written.indexOf(']') - 1 : start;
  let now: ReturnType<typeof weigh> = { text, start, end };
  for (const by of steps) now = now && weigh(now.text, now.start, now.end, by);
  return now?.text ?? null;
}

it.each<[string, (1 | -1)[], string | null]>([
  ['a b|all in grass', [1], 'a ball+ in grass'],
  ['a ball| in grass', [1, 1], 'a ball++ in grass'],
  ['a ball++| in grass', [-1], 'a ball+ in grass'],
  ['a ball| in grass', [1, -1], 'a ball in grass'],
  ['a ball| in grass', [-1, -1], 'a ball-- in grass'],
  ['a ba|ll, in grass', [1], 'a ball+, in grass'],
  ['a well-kn|own face', [1], 'a well-known+ face'],
  ['a [red ball] here', [1], 'a (red ball)1.1 here'],
  ['a [red ball ]here', [1, 1, 1], 'a (red ball)1.3 here'],
  ['a [red ball] here', [1, -1], 'a red ball here'],
  ['a [red ball] here', [-1], 'a (red ball)0.9 here'],
  ['a ([red ball])1.4 here', [1], 'a (red ball)1.5 here'],
  ['a [(red ball)1.4] here', [-1], 'a (red ball)1.3 here'],
  ['a (red ball)++| here', [1], 'a (red ball)+++ here'],
  ['a (red b|all)1.4', [1], 'a (red ball+)1.4'],
  ['a [red b]all here', [1], 'a (red ball)1.1 here'],
  ['(black| cat)', [1], '(black+ cat)'],
  ['  |  ', [1], null],
  ['(red ball)5|0', [1], null],
  ['([red ball])5', [1], null],
  ['([red ball])0', [-1], null],
])('weighs %s by %j', (written, steps, text) => {
  expect(press(written, ...steps)).toBe(text);
});

it('always changes what the server reads, and never takes a weight above the most', () => {
  let now = { text: 'a ball in grass', start: 3, end: 3 };
  for (let times = 0; times < 40; times++) now = weigh(now.text, now.start, now.end, 1) ?? now;
  const heaviest = Math.max(...read(now.text).leaves.map((leaf) => leaf.weight));
  expect(heaviest).toBeGreaterThan(4.5);
  expect(heaviest).toBeLessThanOrEqual(5);
});
