import { expect, it } from 'vitest';
import { EVERYTHING, queryOf } from './wanted';

it('asks for finished pictures and nothing else, if nothing is wanted', () => {
  expect(JSON.parse(JSON.stringify(queryOf(EVERYTHING)))).toEqual({ state: 'succeeded' });
  expect(JSON.parse(JSON.stringify(queryOf({ ...EVERYTHING, show: 'trash' })))).toEqual({ trash: true });
  expect(queryOf({ ...EVERYTHING, show: 'favourites' }).favourite).toBe(true);
});

it('takes days from midnight to midnight of the visitor', () => {
  const { since, until } = queryOf({ ...EVERYTHING, from: '2026-02-28', to: '2026-02-28' });
  expect(since).toBe(new Date(2026, 1, 28).toISOString());
  expect(until).toBe(new Date(2026, 2, 1).toISOString());
  expect(queryOf({ ...EVERYTHING, to: '2026-12-31' }).until).toBe(new Date(2027, 0, 1).toISOString());
  expect(queryOf({ ...EVERYTHING, to: '2024-02-29' }).until).toBe(new Date(2024, 2, 1).toISOString());
  expect(queryOf({ ...EVERYTHING, from: '' }).since).toBeUndefined();
});
