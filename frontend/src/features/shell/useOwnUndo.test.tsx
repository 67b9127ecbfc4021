// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EMPTY } from '../../document/draft';
import { edit, useDraft } from '../../document/store';
import { useOwnUndo } from './useOwnUndo';
import { useShortcuts } from './useShortcuts';

function Page() {
  useShortcuts();
  useOwnUndo();
  return (
    <>
      <textarea data-testid="behind" />
      <section data-drawer>
        <input data-testid="over" defaultValue="hill" />
      </section>
    </>
  );
}

beforeEach(() => {
  useDraft.setState({ draft: EMPTY });
  edit((draft) => ({ ...draft, kind: 'texture' }));
  render(<Page />);
});
afterEach(cleanup);

/** Press Ctrl Z in a field. True if the browser undoes what was typed. */
const undoes = (testId: string) =>
  fireEvent.keyDown(screen.getByTestId(testId), { key: 'z', code: 'KeyZ', ctrlKey: true });

it('undoes in a text over the document only what was typed there since it has the focus', async () => {
  await userEvent.click(screen.getByTestId('over'));
  expect(undoes('over')).toBe(false);
  await userEvent.keyboard('side');
  expect(undoes('over')).toBe(true);
  await userEvent.keyboard('{Backspace>4/}');
  expect(undoes('over')).toBe(false);
  expect(useDraft.getState().draft.kind).toBe('texture');
});

it('undoes the document from a text of its own', async () => {
  await userEvent.click(screen.getByTestId('behind'));
  await userEvent.keyboard('side');
  expect(undoes('behind')).toBe(false);
  expect(useDraft.getState().draft.kind).toBe(EMPTY.kind);
});
