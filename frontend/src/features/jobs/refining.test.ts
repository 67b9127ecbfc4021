import { expect, test } from 'vitest';
import { words } from '../../words/words';
import { whyNotRefined } from './refining';

const control = (name: string) => ({ name, width: 16, height: 16, channels: 4, wrap: 'none' as const, reseeds: [] });
const one = { controls: [control('x')] };

test('a picture that shows the one canvas of its job can be refined', () => {
  for (const name of ['x', 'x.2']) expect(whyNotRefined(one, { name })).toBeNull();
});

test('a picture of one of several canvases, or of a view, cannot', () => {
  expect(whyNotRefined({ controls: [control('x1'), control('x2')] }, { name: 'scene' })).toBe(
    words.dock.manyCanvases(2),
  );
  expect(whyNotRefined(one, { name: 'y.1' })).toBe(words.dock.noCanvas);
  expect(whyNotRefined(one, { name: 'x.left' })).toBe(words.dock.noCanvas);
});

test('nothing is refused as long as the graph is not known', () => {
  expect(whyNotRefined(undefined, { name: 'x' })).toBeNull();
});
