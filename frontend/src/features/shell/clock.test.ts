import { expect, test } from 'vitest';
import { clock } from './clock';

test('seconds are written as on a clock', () => {
  expect([0, 9.4, 40, 65, 3725].map(clock)).toEqual(['0:00', '0:09', '0:40', '1:05', '1:02:05']);
});
