// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { api } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import { queries } from '../../api/queries';
import { useSignIn } from '../../api/signIn';
import { words } from '../../words/words';
import { KeyDialog } from './KeyDialog';

afterEach(cleanup);

it('signs in once, however often it is pressed, and can be pressed again after a refusal', async () => {
  HTMLDialogElement.prototype.showModal ??= () => undefined;
  let refuse: (error: Error) => void = () => undefined;
  const post = vi.spyOn(api, 'POST').mockImplementation(() => new Promise((_, reject) => (refuse = reject)));
  useSignIn.setState({ wanted: true });
  render(
    <QueryClientProvider client={queries}>
      <KeyDialog />
    </QueryClientProvider>,
  );
  const key = screen.getByTestId<HTMLInputElement>('api-key');
  const submit = () => fireEvent.submit(key.form as HTMLFormElement);
  fireEvent.change(key, { target: { value: 'k' } });
  submit();
  submit();
  expect(post).toHaveBeenCalledOnce();
  await act(async () => refuse(new ApiProblem(401, 'Unauthorized', '')));
  expect(screen.getByTestId('key-says').textContent).toBe(words.shell.keyRefused);
  submit();
  expect(post).toHaveBeenCalledTimes(2);
});
