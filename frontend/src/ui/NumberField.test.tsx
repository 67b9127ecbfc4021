// @vitest-environment jsdom
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { NumberField } from './NumberField';

afterEach(cleanup);

function field(extra: object = {}) {
  const onCommit = vi.fn();
  render(<NumberField label="Width" value={64} min={8} max={512} step={8} onCommit={onCommit} {...extra} />);
  return { onCommit, input: screen.getByLabelText('Width'), user: userEvent.setup() };
}

describe('a number field', () => {
  it('is not committed while it is typed, but on Enter and on leaving', async () => {
    const { onCommit, input, user } = field();
    await user.clear(input);
    await user.type(input, '128');
    expect(onCommit).not.toHaveBeenCalled();
    await user.keyboard('{Enter}');
    await user.type(input, '0');
    await user.tab();
    expect(onCommit.mock.calls).toEqual([[128], [512]]);
  });

  it('moves by its step with the arrows, tenfold with Shift, within its limits', async () => {
    const { onCommit, input, user } = field();
    await user.type(input, '{ArrowUp}{ArrowDown}{Shift>}{ArrowUp}{ArrowDown}{/Shift}');
    expect(onCommit.mock.calls).toEqual([[72], [56], [144], [8]]);
  });

  it('goes back to its value when what was typed is no number', async () => {
    const { onCommit, input, user } = field();
    await user.clear(input);
    await user.type(input, 'wide{Enter}');
    expect(onCommit).not.toHaveBeenCalled();
    expect(input).toHaveProperty('value', '64');
  });

  it('is left open when it is optional and emptied', async () => {
    const { onCommit, input, user } = field({ optional: true });
    await user.clear(input);
    await user.tab();
    expect(onCommit).toHaveBeenCalledExactlyOnceWith(null);
  });

  it('says beside itself what is wrong', () => {
    const { input } = field({ error: 'At most 512.' });
    const note = document.getElementById(input.getAttribute('aria-describedby') ?? '');
    expect(note?.textContent).toBe('At most 512.');
    expect(input.getAttribute('aria-invalid')).toBe('true');
  });
});
