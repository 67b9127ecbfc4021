// @vitest-environment jsdom
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useAsides } from '../../document/asides';
import { EMPTY } from '../../document/draft';
import { same } from '../../document/same';
import { drawn } from '../../document/samples';
import { useDraft } from '../../document/store';
import { AsideNotice } from './AsideNotice';
import { ErrorBoundary } from './ErrorBoundary';

/** A component that renders the number of boxes, and fails for two. */
function Delicate() {
  const count = useDraft((now) => now.draft.regions.patches.length);
  if (count === 2) throw new Error('Two boxes are too many.');
  return <p>{count} boxes</p>;
}

beforeEach(() => vi.spyOn(console, 'error').mockImplementation(() => undefined)); // React's report of the error
afterEach(cleanup);

it('offers an empty draft, keeps a copy of the last one, and brings it back when asked', async () => {
  useDraft.setState({ draft: drawn(2) });
  const page = (
    <ErrorBoundary>
      <AsideNotice />
      <Delicate />
    </ErrorBoundary>
  );
  render(page);
  expect(screen.getByTestId('stopped').textContent).toContain('Two boxes are too many.');
  await userEvent.click(screen.getByTestId('reset-draft'));
  expect(screen.getByText('0 boxes')).toBeTruthy();
  expect(useDraft.getState().draft).toEqual(EMPTY);
  expect(screen.getByTestId('aside').textContent).toContain('The draft was reset.');

  await userEvent.click(screen.getByTestId('bring-back'));
  expect(same(useDraft.getState().draft, drawn(2))).toBe(true);
  expect(useAsides.getState().asides).toEqual([]);
});
