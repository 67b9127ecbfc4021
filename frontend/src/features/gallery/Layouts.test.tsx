// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { queries } from '../../api/queries';
import { GenerateProvider } from '../jobs/useGenerate';
import { Layouts } from './Layouts';
import { saveLayout } from './layouts';

vi.mock('./layouts', async (original) => ({ ...(await original<object>()), saveLayout: vi.fn() }));

afterEach(cleanup);

it('saves a layout once, however often it is pressed', async () => {
  let answer: (done: boolean) => void = () => undefined;
  vi.mocked(saveLayout).mockImplementation(async (_, made) => {
    await Promise.resolve(made).catch(() => undefined); // there is no model that makes it
    return new Promise((resolve) => {
      answer = resolve;
    });
  });
  queries.setQueryData(['models'], { items: [], adapters: [] });
  render(
    <QueryClientProvider client={queries}>
      <GenerateProvider>
        <Layouts />
      </GenerateProvider>
    </QueryClientProvider>,
  );
  const name = screen.getByTestId<HTMLInputElement>('layout-name');
  const save = screen.getByTestId<HTMLButtonElement>('layout-name-save');
  fireEvent.change(name, { target: { value: 'hill' } });
  await act(async () => {
    save.click();
    save.click(); // before the button is drawn anew
  });
  expect(saveLayout).toHaveBeenCalledOnce();
  expect(save.disabled).toBe(true);
  await act(async () => answer(true));
  expect(name.value).toBe('');
});
