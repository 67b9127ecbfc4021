// @vitest-environment jsdom
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { NumberField } from './NumberField';
import { useUnfit } from './unfit';

afterEach(cleanup);

function field(extra: object = {}) {
  const onCommit = vi.fn();
  const drawn = (more: object) => (
    <NumberField label="Width" value={64} min={8} max={512} step={8} onCommit={onCommit} {...more} />
  );
  const { rerender, unmount } = render(drawn(extra));
  const input = screen.getByLabelText('Width');
  const note = () => document.getElementById(`${input.id}-note`)?.textContent;
  return { onCommit, input, note, unmount, user: userEvent.setup(), again: (more: object) => rerender(drawn(more)) };
}

describe('a number field', () => {
  it('is not committed while it is typed, but on Enter and on leaving', async () => {
    const { onCommit, input, user } = field();
    await user.clear(input);
    await user.type(input, '128');
    expect(onCommit).not.toHaveBeenCalled();
    await user.keyboard('{Enter}');
    await user.clear(input);
    await user.type(input, '256');
    await user.tab();
    expect(onCommit.mock.calls).toEqual([[128], [256]]);
  });

  it('moves by its step with the arrows, tenfold with Shift, within its limits', async () => {
    const { onCommit, input, user } = field();
    await user.type(input, '{ArrowUp}{ArrowDown}{Shift>}{ArrowUp}{ArrowDown}{/Shift}');
    expect(onCommit.mock.calls).toEqual([[72], [56], [144], [8]]);
  });

  it.each(['wide', '', '9999', '7', '64.5', '1,5', '99999999999999999999', '-1', '0x40', '1e999', '64 px'])(
    'keeps what it cannot take, and says what it wants: %s',
    async (text) => {
      const { onCommit, input, user, note } = field({ whole: true });
      await user.clear(input);
      if (text !== '') await user.type(input, text);
      await user.tab();
      expect(onCommit).not.toHaveBeenCalled();
      expect(input).toHaveProperty('value', text);
      expect(input.getAttribute('aria-invalid')).toBe('true');
      expect(note()).toMatch(/^Write /);
      expect(useUnfit.getState().fields).toEqual([{ id: input.id, label: 'Width', says: note() }]);

      await user.clear(input);
      await user.type(input, '72{Enter}');
      expect(onCommit).toHaveBeenCalledExactlyOnceWith(72);
      expect(useUnfit.getState().fields).toEqual([]);
    },
  );

  it.each([
    [{ above: 0, below: 2 }, 'Write a number above 0, below 2.'],
    [{ below: 2 }, 'Write a number below 2.'],
    [{ above: 0, max: 1 }, 'Write a number above 0, at most 1.'],
    [{ above: 0 }, 'Write a number above 0.'],
    [{ min: 0 }, 'Write a number, at least 0.'],
    [{ max: 1 }, 'Write a number, at most 1.'],
    [{ min: 0, max: 1 }, 'Write a number from 0 to 1.'],
  ])('says its limits: %o', async (limits, says) => {
    const { onCommit, input, user, note } = field({ min: undefined, max: undefined, ...limits });
    await user.clear(input);
    await user.type(input, 'below' in limits || 'max' in limits ? '2' : '-1');
    await user.keyboard('{Enter}');
    expect(note()).toBe(says);
    await user.keyboard('{Escape}{ArrowUp}{ArrowDown}');
    expect(onCommit).not.toHaveBeenCalledWith(2);
  });

  it('forgets an invalid text on Escape, when the value changes, and when it is removed', async () => {
    const { input, user, again, unmount } = field();
    const spoil = async () => {
      await user.clear(input);
      await user.type(input, 'wide{Enter}');
      expect(useUnfit.getState().fields).toHaveLength(1);
    };
    await spoil();
    await user.keyboard('{Escape}');
    expect(input).toHaveProperty('value', '64');
    expect(useUnfit.getState().fields).toEqual([]);
    await spoil();
    again({ value: 80 });
    expect(input).toHaveProperty('value', '80');
    expect(useUnfit.getState().fields).toEqual([]);
    again({ value: 64 });
    await spoil();
    unmount();
    expect(useUnfit.getState().fields).toEqual([]);
  });

  it('says which number replaced the typed one, until the value changes', async () => {
    const correction = { to: (number: number) => Math.round(number / 8) * 8, why: 'cells have 8 pixels.' };
    const { onCommit, input, user, note, again } = field({ correction });
    await user.clear(input);
    await user.type(input, '500{Enter}');
    expect(onCommit).toHaveBeenCalledExactlyOnceWith(504);
    again({ correction, value: 504 });
    expect(note()).toBe('Took 504, not 500: cells have 8 pixels.');
    again({ correction, value: 512 });
    expect(note()).toBeUndefined();
  });

  it('shows the default of an empty field as a placeholder, and steps from it', async () => {
    const { onCommit, input, user } = field({ optional: true, value: null, fallback: 30, step: 1 });
    expect(input).toHaveProperty('value', '');
    expect(input.getAttribute('placeholder')).toBe('default 30');
    await user.type(input, '{ArrowUp}');
    expect(onCommit).toHaveBeenCalledExactlyOnceWith(31);
  });

  it('is open when it is optional and empty', async () => {
    const { onCommit, input, user } = field({ optional: true });
    await user.clear(input);
    await user.tab();
    expect(onCommit).toHaveBeenCalledExactlyOnceWith(null);
  });

  it('shows its error beside itself', () => {
    const { input, note } = field({ error: 'At most 512.' });
    expect(input.getAttribute('aria-describedby')).toBe(`${input.id}-note`);
    expect(note()).toBe('At most 512.');
    expect(input.getAttribute('aria-invalid')).toBe('true');
  });
});
