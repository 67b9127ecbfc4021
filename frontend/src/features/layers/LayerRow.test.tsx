// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { select, useSession, writePrompt } from '../../session';
import { LayerRow } from './LayerRow';

afterEach(cleanup);
beforeEach(() => {
  const never = { matches: false, addEventListener: () => undefined, removeEventListener: () => undefined };
  vi.stubGlobal('matchMedia', () => never); // jsdom lays nothing out
});

const show = (id: string | null, kind: 'guide' | 'background') =>
  render(<LayerRow layer={{ id, kind, name: 'hill', note: '' }} faulty={false} />);

it('shows the fields of a layer that is chosen already, and those of the background', () => {
  select('~g1');
  useSession.setState({ tab: 'sampling' });
  show('~g1', 'guide');
  fireEvent.click(screen.getByText('hill'));
  expect(useSession.getState()).toMatchObject({ selected: '~g1', tab: 'picture' });
  cleanup();
  show(null, 'background');
  fireEvent.click(screen.getByText('hill'));
  expect(useSession.getState()).toMatchObject({ selected: null, tab: 'region' });
});

it('shows the prompt of a box that is chosen already', () => {
  select('p1');
  useSession.setState({ tab: 'sampling' });
  writePrompt('p1');
  expect(useSession.getState().tab).toBe('region');
});

it('marks no box of a row that has gone', () => {
  show('~g1', 'guide');
  fireEvent.pointerEnter(screen.getByTestId('layer-~g1'));
  expect(useSession.getState().hovered).toBe('~g1');
  cleanup();
  expect(useSession.getState().hovered).toBeNull();
});
