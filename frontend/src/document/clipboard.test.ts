import { expect, it } from 'vitest';
import { changePatch } from './boxes';
import { boxesIn, copiedBoxes, pastedBoxes } from './clipboard';
import { EMPTY } from './draft';
import { drawn } from './samples';

const said = changePatch(drawn(2), 'p2', { prompt: 'a house', weight: 2 });
const boxes = boxesIn(copiedBoxes(said, ['p2']) ?? '');

it('pastes boxes beside those that lie there, with all that they say', () => {
  const [pasted, ids] = pastedBoxes(said, boxes, 8);
  const [, original, copy] = pasted.regions.patches;
  expect(ids).toEqual(['p3']);
  expect(copy).toMatchObject({ id: 'p3', prompt: 'a house', weight: 2 });
  expect(copy?.box?.x).toBe((original?.box?.x ?? 0) + 16);
});

it('pastes into another layout, inside its canvas', () => {
  const [scene, ids] = pastedBoxes({ ...EMPTY, kind: 'scene' }, boxes, 8);
  expect(ids).toEqual(['object']);
  expect(scene.scene.object.prompt).toBe('a house');
  expect(scene.scene.box.x + scene.scene.box.width).toBeLessThanOrEqual(scene.scene.canvas.width);
  expect(pastedBoxes({ ...EMPTY, kind: 'texture' }, boxes, 8)[1]).toEqual([]);
});

it.each(['a poem', '{"type":"inlay/boxes","boxes":[{"id":5}]}', '{"boxes":[]}', 'null'])(
  'takes no boxes from %s',
  (text) => expect(boxesIn(text)).toEqual([]),
);
