import { expect, it } from 'vitest';
import { move, NOTHING, pick, type Selection, without } from './selection';

const ORDER = ['a', 'b', 'c', 'd', 'e'];
const chosen = (now: Selection) => [...now.chosen].sort().join('');

it('selects one, adds one, takes one away, and selects ranges both ways', () => {
  let now = pick(ORDER, NOTHING, 'b', 'only');
  now = pick(ORDER, now, 'd', 'toggle');
  expect(chosen(now)).toBe('bd');
  expect(chosen(pick(ORDER, now, 'b', 'toggle'))).toBe('d');
  expect(chosen(pick(ORDER, now, 'b', 'range'))).toBe('bcd');
  expect(chosen(pick(ORDER, pick(ORDER, now, 'b', 'range'), 'e', 'range'))).toBe('de');
  expect(chosen(pick(ORDER, NOTHING, 'c', 'range'))).toBe('c');
});

it('moves the focus without selecting, and not over the ends', () => {
  const start = move(ORDER, NOTHING, 1, false);
  expect([start.current, chosen(start)]).toEqual(['a', '']);
  expect(move(ORDER, start, -3, false).current).toBe('a');
  expect(move(ORDER, start, 9, false).current).toBe('e');
  expect(move([], NOTHING, 1, false)).toBe(NOTHING);
});

it('extends the range from where it began', () => {
  let now = pick(ORDER, NOTHING, 'c', 'only');
  now = move(ORDER, now, 1, true);
  expect(chosen(now)).toBe('cd');
  now = move(ORDER, move(ORDER, now, -1, true), -1, true);
  expect(chosen(now)).toBe('bc');
  expect(chosen(move(ORDER, { ...NOTHING, current: 'b' }, 2, true))).toBe('bcd');
});

it('puts the focus on what follows a deleted picture', () => {
  const now = pick(ORDER, pick(ORDER, NOTHING, 'b', 'only'), 'c', 'range');
  expect(without(ORDER, now, new Set(['b', 'c']))).toEqual({ chosen: new Set(), anchor: null, current: 'd' });
  expect(without(ORDER, pick(ORDER, NOTHING, 'e', 'only'), new Set(['e'])).current).toBe('d');
  expect(without(ORDER, NOTHING, new Set(['e'])).current).toBeNull();
});
