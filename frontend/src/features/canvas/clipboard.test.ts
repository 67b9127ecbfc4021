// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addPatch } from '../../document/boxes';
import { EMPTY } from '../../document/draft';
import { addGuide } from '../../document/guides';
import { useDraft } from '../../document/store';
import { useSession } from '../../session';
import { canvasActions } from './canvasActions';
import { listenToClipboard } from './clipboard';
import { drawsBoxes } from './commands';
import { useStage } from './stage';

const [draft, { id }] = addPatch(EMPTY, null, 8);
let text = '';
let end = () => {};

beforeEach(() => {
  end = listenToClipboard();
  useDraft.setState({ draft });
  useSession.setState({ selected: id, alsoSelected: [] });
});
afterEach(() => end());

function press(name: 'cut' | 'copy' | 'paste'): void {
  const event = new Event(name, { bubbles: true, cancelable: true });
  const clipboardData = { setData: (_: string, said: string) => (text = said), getData: () => text };
  document.body.dispatchEvent(Object.assign(event, { clipboardData }));
}

const patches = () => useDraft.getState().draft.regions.patches.length;
const enabled = (name: string) =>
  canvasActions()
    .find((one) => one.id === name)
    ?.enabled?.() ?? true;

test('boxes behind a picture of another size are neither cut nor pasted, duplicated or added', () => {
  useStage.setState({ foreign: false });
  press('copy');
  useStage.setState({ foreign: true });
  press('paste');
  press('cut');
  expect(patches()).toBe(1);
  expect(['box.new', 'box.duplicate'].map(enabled)).toEqual([false, false]);
  useStage.setState({ foreign: false });
  expect(['box.new', 'box.duplicate'].map(enabled)).toEqual([true, true]);
  press('paste');
  expect(patches()).toBe(2);
});

test('a drag draws a box where there are several or one, and not in a panorama with the box of a guide', () => {
  const panorama = { ...EMPTY, kind: 'panorama' as const };
  expect([draft, { ...EMPTY, kind: 'scene' as const }].map(drawsBoxes)).toEqual([true, true]);
  expect(drawsBoxes(addGuide(panorama, 'palette', { x: 0, y: 0, width: 8, height: 8 })[0])).toBe(false);
});
