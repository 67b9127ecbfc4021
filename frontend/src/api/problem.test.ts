import { describe, expect, it } from 'vitest';
import { faultAt, readProblem } from './problem';

const BODY = {
  type: 'urn:inlay:invalid',
  title: 'Unprocessable Entity',
  status: 422,
  detail: 'The box lies outside.',
  errors: [{ location: ['layout', 'patches', 1, 'box'], message: 'the box lies outside' }],
};

describe('a problem', () => {
  it('is found at the field that caused it, and above it', () => {
    const { faults } = readProblem(422, BODY);
    expect(faultAt(faults, 'layout', 'patches', 1, 'box')).toBe('The box lies outside');
    expect(faultAt(faults, 'layout', 'patches', 1)).toBe('The box lies outside');
    expect(faultAt(faults, 'layout', 'patches', 0)).toBeUndefined();
    expect(faultAt(faults, 'sampling')).toBeUndefined();
  });

  it('has a sentence for every answer of the server', () => {
    expect(readProblem(422, BODY).message).toBe('The box lies outside.');
    expect(readProblem(500, null).message).toBe('The server answered with status 500');
    expect(readProblem(500, { errors: 'many' }).faults).toEqual([]);
  });
});
