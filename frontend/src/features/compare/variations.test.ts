import { expect, it } from 'vitest';
import type { Job } from '../../api/types';
import { EMPTY, prompted } from '../../document/draft';
import { toJob } from '../../document/job';
import { readValues, type Setting, settingsOf } from './variations';

const patch = (id: string) => ({ id, ...prompted(`a ${id}`), mask: 'm', weight: 1, feather: 0 });
const regions = { ...EMPTY.regions, patches: [patch('house'), patch('tree')] };
const job = (draft: Partial<typeof EMPTY>): Job => toJob({ ...EMPTY, regions, ...draft }, { model: 'papercut' }) as Job;
const setting = (of: Job, id: string, selected: string | null = null) =>
  settingsOf(of, selected).find((one) => one.id === id) as Setting;

it('writes each setting so that it is read again', () => {
  const start = { picture: 'p', strength: 0.5, fit: 'same', keep: 'outside', feather: 0 } as const;
  for (const kind of ['regions', 'portrait', 'custom'] as const) {
    const made = job({ kind, start, custom: { text: '{"outputs": []}' } });
    for (const one of settingsOf(made, 'tree')) {
      const [value = 0] = one.usual;
      expect(setting(one.write(made, value), one.id, 'tree').read(one.write(made, value))).toBe(value);
    }
  }
});

it('varies the weight of the selected box only', () => {
  const made = setting(job({}), 'weight', 'tree').write(job({}), 2);
  expect(made.layout).toMatchObject({ patches: [{ weight: 1 }, { weight: 2 }] });
  expect(setting(job({}), 'weight', null)).toBeUndefined();
});

it('reads values between spaces and commas, each once', () => {
  const guidance = setting(job({}), 'guidance');
  expect(readValues(' 1.5, 3  5;5\n8', guidance)).toEqual([1.5, 3, 5, 8]);
});

it.each([
  ['3 five', 'guidance', '“five” is no number'],
  ['3', 'guidance', 'at least two'],
  ['3 99', 'guidance', '99 is out of range. Write a number from 0 to 50.'],
  ['0 0.5', 'strength', '0 is out of range. Write a number above 0, at most 1.'],
  ['3 4.5', 'steps', '4.5 is not whole'],
  [Array.from({ length: 17 }, (_, index) => index + 1).join(' '), 'steps', 'at most 16'],
])('says what is wrong with %s', (text, id, said) => {
  expect(readValues(text, setting(job({ start: {} as Job['start'] }), id))).toContain(said);
});
