import { expect, test } from 'vitest';
import { neighbourOf } from './neighbour';

const [newest, older, oldest] = [
  { job: 'b', picture: 'x' },
  { job: 'b', picture: 'x_1' },
  { job: 'a', picture: 'x' },
];
const made = [newest, older, oldest];

test('a picture is compared with the one made before it', () => {
  expect(neighbourOf(newest, made)).toBe(older);
  expect(neighbourOf(older, made)).toBe(oldest);
  expect(neighbourOf({ job: 'b', picture: null }, made)).toBe(older);
});

test('the oldest one is compared with the one made after it', () => {
  expect(neighbourOf(oldest, made)).toBe(older);
});

test('one picture alone has no neighbour, and a picture that is not among the newest has the newest', () => {
  expect(neighbourOf(newest, [newest])).toBeNull();
  expect(neighbourOf(null, made)).toBeNull();
  expect(neighbourOf({ job: 'gone', picture: null }, made)).toBe(newest);
});
