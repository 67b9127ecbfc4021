// @vitest-environment jsdom
import { expect, test } from 'vitest';
import { addPatch } from '../../document/boxes';
import { EMPTY } from '../../document/draft';
import type { MenuEntry } from '../../ui/menuEntries';
import { usesOf } from './uses';

const file = new File([], 'hill.png');
const idsOf = (entries: readonly MenuEntry[]): (string | undefined)[] =>
  entries.flatMap((entry) =>
    'options' in entry ? [] : 'label' in entry ? [entry.testId] : entry.map((one) => one.testId),
  );

const [draft, { id }] = addPatch({ ...EMPTY, kind: 'regions' }, null, 8);

test('a picture can be the reference of the selected box if its model has an IP-Adapter', () => {
  const all = ['use-start', 'use-sketch', 'use-keep', 'use-reference', 'use-nothing'];
  expect(idsOf(usesOf({ file, open: null }, draft, id, 'faces'))).toEqual(all);
  const without = all.filter((one) => one !== 'use-reference');
  expect(idsOf(usesOf({ file, open: null }, draft, id, undefined))).toEqual(without);
  expect(idsOf(usesOf({ file, open: null }, draft, null, 'faces'))).toEqual(without);
  expect(idsOf(usesOf({ file, open: null }, draft, '~g1', 'faces'))).toEqual(without); // a guide has no prompt
});

test('a picture with a document can be opened first, and a custom graph has no guides', () => {
  const custom = { ...EMPTY, kind: 'custom' as const };
  expect(idsOf(usesOf({ file, open: () => undefined }, custom, null, undefined))).toEqual([
    'use-document',
    'use-start',
    'use-nothing',
  ]);
});
