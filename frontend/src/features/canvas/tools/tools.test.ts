// @vitest-environment jsdom
import { beforeEach, expect, test } from 'vitest';
import { EMPTY } from '../../../document/draft';
import { addGuide } from '../../../document/guides';
import { edit, undo, useDraft } from '../../../document/store';
import { useSession } from '../../../session';
import { startPlacing } from '../../painting/brush';
import { targetOf } from '../../painting/target';
import { chooseKind } from '../../shell/kinds';
import { useStage } from '../stage';
import { placing } from './drawing';
import { toolNow } from './tools';

const BOX = { x: 0, y: 0, width: 8, height: 8 };

beforeEach(() => {
  useDraft.setState({ draft: EMPTY });
  useStage.setState({ open: true, paints: null });
  edit((draft) => addGuide(draft, 'palette', BOX)[0]);
  startPlacing('~g1');
});

test('the next drag draws the box of a guide only while the guide is there and the draft is shown', () => {
  expect(toolNow(false)).toBe(placing);
  useStage.setState({ open: false });
  expect(toolNow(false)).not.toBe(placing);
  useStage.setState({ open: true });
  undo();
  expect(toolNow(false)).not.toBe(placing);
});

test('another layout has no tool of a guide', () => {
  edit((draft) => addGuide({ ...draft, kind: 'panorama' }, 'palette', BOX)[0]);
  edit((draft) => ({ ...draft, kind: 'regions' }));
  chooseKind('panorama');
  expect(useSession.getState().guideTool).toBeNull();
});

test('only a sketch is painted, whatever has its id after an undo', () => {
  const { draft } = useDraft.getState();
  useSession.setState({ guideTool: { does: 'paint', guide: '~g1' } });
  expect(targetOf(draft, useSession.getState())).toBeNull();
});
