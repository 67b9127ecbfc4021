// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { noteOpen } from './openDialog';
import { Toasts, toast } from './toasts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  act(() => void vi.runAllTimers());
  cleanup();
  vi.useRealTimers();
});

const pass = (milliseconds: number) => act(() => void vi.advanceTimersByTime(milliseconds));

it('goes after a few seconds, but not while the pointer is on it', () => {
  render(<Toasts />);
  act(() => toast('Saved.'));
  pass(6_000);
  fireEvent.pointerEnter(screen.getByText('Saved.').parentElement as HTMLElement);
  pass(60_000);
  fireEvent.pointerLeave(screen.getByText('Saved.').parentElement as HTMLElement);
  pass(6_900);
  expect(screen.getByText('Saved.')).toBeTruthy();
  pass(200);
  expect(screen.queryByText('Saved.')).toBeNull();
});

it('is in the dialog that is open, and outside again once that is closed', () => {
  const dialog = document.body.appendChild(document.createElement('dialog'));
  render(<Toasts />);
  act(() => toast('Copied.'));
  let closed = () => {};
  act(() => {
    closed = noteOpen(dialog);
  });
  expect(dialog.textContent).toContain('Copied.');
  act(() => closed());
  expect(dialog.textContent).toBe('');
  expect(screen.getByText('Copied.')).toBeTruthy();
});
