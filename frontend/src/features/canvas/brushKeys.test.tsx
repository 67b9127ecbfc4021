// @vitest-environment jsdom
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EMPTY } from '../../document/draft';
import type { ColourSketch } from '../../document/guide';
import { addGuide, guideOf } from '../../document/guides';
import { undo, useDraft } from '../../document/store';
import { useSession } from '../../session';
import { Announcer } from '../../ui/announce';
import { useBrush } from '../guides/brush';
import { onBrushKey } from './brushKeys';

const CANVAS = { width: 64, height: 32, wrap: 'none' as const };

afterEach(cleanup);

beforeEach(() => {
  useDraft.setState({ draft: addGuide(EMPTY, 'sketch', { x: 0, y: 0, width: 8, height: 8 })[0] });
  useSession.setState({ selected: '~g1', guideTool: { does: 'paint', guide: '~g1' } });
  useBrush.setState({ colour: '#112233', size: 20, erasing: false, at: null });
});

const strokes = () => (guideOf(useDraft.getState().draft, '~g1') as ColourSketch).strokes;

async function press(keys: string): Promise<void> {
  render(
    <>
      <button
        type="button"
        data-testid="canvas"
        onKeyDown={(event) => onBrushKey(event, { sketch: '~g1', canvas: CANVAS, cell: 8 })}
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
