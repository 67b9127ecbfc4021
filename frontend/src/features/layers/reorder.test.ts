// @vitest-environment jsdom
import { beforeEach, expect, test } from 'vitest';
import { addAnchor } from '../../document/anchors';
import { EMPTY } from '../../document/draft';
import { drawn } from '../../document/samples';
import { undo, useDraft } from '../../document/store';
import { ownLayers } from './layers';
import { reorder } from './reorder';

const draft = () => useDraft.getState().draft;
const listed = () => ownLayers(draft()).flatMap(({ id }) => id ?? []);

beforeEach(() => useDraft.setState({ draft: drawn(3) }));

test('the list shows the topmost patch first, and a move in it moves the patch in the document', () => {
  expect(listed()).toEqual(['p3', 'p2', 'p1']);
  reorder(['p1', 'p3', 'p2']);
  expect(draft().regions.patches.map(({ id }) => id)).toEqual(['p2', 'p3', 'p1']);
  expect(listed()).toEqual(['p1', 'p3', 'p2']);
  undo();
  expect(listed()).toEqual(['p3', 'p2', 'p1']);
});

test('the prompts of a panorama keep the order of the list', () => {
  const [two] = addAnchor({ ...EMPTY, kind: 'panorama' });
  useDraft.setState({ draft: addAnchor(two)[0] });
  reorder(['a3', 'a1', 'a2']);
  expect(draft().panorama.anchors.map(({ id }) => id)).toEqual(['a3', 'a1', 'a2']);
});
