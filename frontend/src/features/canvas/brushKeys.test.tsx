// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addPatch } from '../../document/boxes';
import { EMPTY } from '../../document/draft';
import { withFlag } from '../../document/flags';
import type { ColourSketch } from '../../document/guide';
import { addGuide, guideOf } from '../../document/guides';
import { undo, useDraft } from '../../document/store';
import { useSession } from '../../session';
import { Announcer } from '../../ui/announce';
import { useBrush } from '../painting/brush';
import { NEW } from '../painting/target';
import { onBrushKey, onBrushKeyUp } from './brushKeys';
import { Hands } from './hands';
import { useStage } from './stage';

const CANVAS = { width: 64, height: 32, wrap: 'none' as const };

afterEach(cleanup);

beforeEach(() => {
  useDraft.setState({ draft: addGuide(EMPTY, 'sketch', { x: 0, y: 0, width: 8, height: 8 })[0] });
  useSession.setState({ selected: '~g1', guideTool: { does: 'paint', guide: '~g1' } });
  useBrush.setState({ colour: '#112233', size: 20, soft: 0, erasing: false, at: null });
});

const strokes = () => (guideOf(useDraft.getState().draft, '~g1') as ColourSketch).strokes;

async function press(keys: string, target = '~g1'): Promise<void> {
  const known = { target, canvas: CANVAS, cell: 8 };
  render(
    <>
      <button
        type="button"
        data-testid="canvas"
        onKeyDown={(event) => onBrushKey(event, known)}
        onKeyUp={(event) => onBrushKeyUp(event, known)}
      />
      <Announcer />
    </>,
  );
  screen.getByTestId('canvas').focus();
  await userEvent.keyboard(keys);
}

it('paints a dot, moves without painting, paints on the way with Shift, and erases', async () => {
  await press(' {ArrowLeft}{ArrowLeft}{Shift>}{ArrowUp}{/Shift}e ');
  expect(strokes()).toEqual([
    { colour: '#112233', size: 20, points: [32, 16] },
    { colour: '#112233', size: 20, points: [16, 16, 16, 8] },
    { colour: null, size: 20, points: [16, 8] },
  ]);
  expect(screen.getByTestId('announcer').textContent).toBe('Erased at 16, 8');
  undo();
  expect(strokes()).toHaveLength(2);
});

it('stays on the canvas, changes the size with brackets, and stops with Escape', async () => {
  await press('{ArrowUp}{ArrowUp}{ArrowUp}{ArrowUp}]]');
  expect(useBrush.getState()).toMatchObject({ at: { x: 32, y: 0 }, size: 31 });
  await userEvent.keyboard('[[[[[[[[[[[[[[[[[[[[[[[[[[[[');
  expect(useBrush.getState().size).toBe(2);
  await userEvent.keyboard('{Escape}');
  expect(useSession.getState().guideTool).toBeNull();
});

it('paints one dot when Space is let go, however long it was held', async () => {
  await press('{ >}');
  const canvas = screen.getByTestId('canvas');
  for (let again = 0; again < 5; again++) fireEvent.keyDown(canvas, { key: ' ', code: 'Space', repeat: true });
  expect(strokes()).toEqual([]);
  fireEvent.keyUp(canvas, { key: ' ', code: 'Space' });
  expect(strokes()).toHaveLength(1);
});

it('paints nothing with a Space that moved the canvas', async () => {
  await press('{ >}');
  const canvas = document.body.appendChild(document.createElement('div'));
  const hands = new Hands(canvas);
  fireEvent.keyDown(canvas, { key: ' ', code: 'Space' });
  fireEvent.pointerDown(canvas, { button: 0 });
  fireEvent.pointerUp(canvas);
  fireEvent.keyDown(screen.getByTestId('canvas'), { key: ' ', code: 'Space', repeat: true });
  fireEvent.keyUp(screen.getByTestId('canvas'), { key: ' ', code: 'Space' });
  hands.close();
  expect(strokes()).toEqual([]);
});

describe('a mask', () => {
  const patches = () => useDraft.getState().draft.regions.patches;

  beforeEach(() => {
    useDraft.setState({ draft: EMPTY });
    useSession.setState({ selected: null, guideTool: null, tool: 'lasso' });
  });

  it('of a new patch gets an area whose corners are set with Space, in one step to undo', async () => {
    useStage.setState({ paints: NEW, cell: 8 });
    await press(' {ArrowRight}{ArrowRight} {ArrowUp}{ArrowUp} {Enter}', NEW);
    expect(patches()).toMatchObject([{ id: 'p1', box: null, strokes: [{ filled: true }] }]);
    expect(patches()[0]?.strokes?.[0]?.points).toEqual([32, 16, 48, 16, 48, 0]);
    expect(useSession.getState()).toMatchObject({ selected: 'p1', tool: 'lasso' });
    undo();
    expect(patches()).toEqual([]);
  });

  it('loses the line of the lasso first, and then the lasso, with Escape', async () => {
    useStage.setState({ paints: NEW });
    await press(' {ArrowRight} {Escape}', NEW);
    expect(useSession.getState().tool).toBe('lasso');
    await userEvent.keyboard('{Enter}');
    expect(patches()).toEqual([]);
    expect(useSession.getState().tool).toBe('select');
  });

  it('of nothing cannot be erased, and that of a locked patch cannot be painted', async () => {
    useSession.setState({ tool: 'eraser' });
    useBrush.setState({ erasing: true });
    await press(' ', NEW);
    expect(patches()).toEqual([]);
    const [draft, { id }] = addPatch(EMPTY, null, 8);
    useDraft.setState({ draft: withFlag(draft, 'locked', [id], true) });
    cleanup();
    await press('e ', id);
    expect(patches()[0]).not.toHaveProperty('strokes');
    expect(screen.getByTestId('announcer').textContent).toContain('locked');
  });
});
