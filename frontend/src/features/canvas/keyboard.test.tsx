// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EMPTY } from '../../document/draft';
import { redrawPart, startedAnew } from '../../document/start';
import { useDraft } from '../../document/store';
import { useSession } from '../../session';
import { Announcer } from '../../ui/announce';
import { useShortcuts } from '../shell/useShortcuts';
import { onCanvasKey } from './keyboard';
import { useStage } from './stage';

afterEach(cleanup);

beforeEach(() => {
  useDraft.setState({ draft: EMPTY });
  reroll.mockClear();
  useSession.setState({ selected: null, alsoSelected: [], tool: 'rectangle' });
  useStage.setState({ justDrawn: false });
});

const reroll = vi.fn();
const patches = () => useDraft.getState().draft.regions.patches;
const selected = () => useSession.getState().selected;

function Canvas() {
  useShortcuts();
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the canvas takes keys */}
      <div tabIndex={0} role="application" data-testid="canvas" onKeyDown={(event) => onCanvasKey(event, reroll)} />
      <Announcer />
    </>
  );
}

async function press(keys: string): Promise<void> {
  render(<Canvas />);
  screen.getByTestId('canvas').focus();
  await userEvent.keyboard(keys);
}

describe('the canvas by keyboard', () => {
  it('adds, moves and resizes boxes by cells', async () => {
    await press('n');
    const before = patches()[0]?.box;
    await userEvent.keyboard('{ArrowLeft}{Shift>}{ArrowLeft}{/Shift}{Alt>}{ArrowDown}{/Alt}');
    const after = patches()[0]?.box;
    expect(after).toEqual(before && { ...before, x: before.x - 40, height: before.height + 8 });
    expect(screen.getByTestId('announcer').textContent).toContain('Box p1 at');
  });

  it('goes from box to box, restacks, duplicates and deletes', async () => {
    await press('nnn');
    expect(selected()).toBe('p3');
    await userEvent.keyboard(']');
    expect(selected()).toBe('p1');
    await userEvent.keyboard('{PageUp}');
    expect(patches().map((patch) => patch.id)).toEqual(['p2', 'p1', 'p3']);
    await userEvent.keyboard('{Control>}d{/Control}');
    expect(selected()).toBe('p4');
    await userEvent.keyboard('{Delete}');
    expect(patches().map((patch) => patch.id)).toEqual(['p2', 'p1', 'p3']);
    expect(selected()).toBeNull();
  });

  it('rerolls the chosen box alone', async () => {
    await press('{Shift>}R{/Shift}nr');
    expect(reroll).not.toHaveBeenCalled();
    await userEvent.keyboard('{Shift>}R{/Shift}');
    expect(reroll).toHaveBeenCalledOnce();
  });

  it('moves the box to redraw in a picture, and redraws all if the box is deleted', async () => {
    const begun = startedAnew({ ...EMPTY, kind: 'texture' }, { id: 'a'.repeat(64), width: 128, height: 128 });
    const box = { x: 16, y: 16, width: 32, height: 32 };
    useDraft.setState({ draft: redrawPart(begun, { box }) });
    await press(']{ArrowRight}');
    expect(useDraft.getState().draft.start?.box).toEqual({ ...box, x: 24 });
    await userEvent.keyboard('{Delete}');
    expect(useDraft.getState().draft.start).toEqual(begun.start);
  });

  it('ignores letters if the canvas got the focus only by drawing, and still moves boxes', async () => {
    await press('n');
    cleanup();
    const before = patches()[0]?.box;
    useStage.setState({ justDrawn: true });
    await press('a blue barn in snow, haven {Shift>}R{/Shift}');
    expect(patches()).toHaveLength(1);
    expect(useSession.getState().tool).toBe('rectangle');
    expect(reroll).not.toHaveBeenCalled();
    await userEvent.keyboard('{Backspace}{ArrowRight}');
    expect(patches()[0]?.box).toEqual(before && { ...before, x: before.x + 8 });
  });

  it.each([
    ['US', { key: ']', code: 'BracketRight' }, { key: '[', code: 'BracketLeft' }],
    ['German', { key: '+', code: 'BracketRight' }, { key: 'ü', code: 'BracketLeft' }],
    ['German with AltGr', { key: ']', code: 'Digit9', ctrlKey: true, altKey: true }, { key: '[', code: 'Digit8' }],
    ['French', { key: '$', code: 'BracketRight' }, { key: 'Dead', code: 'BracketLeft' }],
  ])('goes from box to box on a %s keyboard', async (_, next, previous) => {
    await press('nnn');
    fireEvent.keyDown(screen.getByTestId('canvas'), next);
    expect(selected()).toBe('p1');
    fireEvent.keyDown(screen.getByTestId('canvas'), previous);
    expect(selected()).toBe('p3');
  });

  it('recognises its letters on a keyboard of another script', async () => {
    await press('{Escape}');
    fireEvent.keyDown(screen.getByTestId('canvas'), { key: 'т', code: 'KeyN' });
    expect(patches()).toHaveLength(1);
    fireEvent.keyDown(screen.getByTestId('canvas'), { key: 'в', code: 'KeyD', ctrlKey: true });
    expect(patches()).toHaveLength(2);
  });

  it('takes letters and brackets with Ctrl for nothing else', async () => {
    await press('n');
    const ctrl = { ctrlKey: true };
    expect(fireEvent.keyDown(screen.getByTestId('canvas'), { key: 'n', code: 'KeyN', ...ctrl })).toBe(true);
    fireEvent.keyDown(screen.getByTestId('canvas'), { key: '+', code: 'BracketRight', ...ctrl }); // zooms in
    expect(selected()).toBe('p1');
    expect(patches()).toHaveLength(1);
  });

  it.each(['checkbox', 'range', 'file'])('hears the keys of the studio also from an input of type %s', (type) => {
    render(
      <>
        <Canvas />
        <input type={type} data-testid="input" />
      </>,
    );
    screen.getByTestId('input').focus();
    fireEvent.keyDown(screen.getByTestId('input'), { key: 'n', code: 'KeyN' });
    expect(patches()).toHaveLength(1);
  });

  it('ignores all other keys', async () => {
    await press('n{Escape}{ArrowLeft}{Delete}');
    expect(patches()).toHaveLength(1);
  });
});
