// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ApiProblem } from '../../api/problem';
import { queries } from '../../api/queries';
import type { JobResource } from '../../api/types';
import { continueWith } from './actions';
import { MoreSteps } from './MoreSteps';
import { useAsking } from './moreSteps';

vi.mock('./actions', () => ({ continueWith: vi.fn() }));

const job = { id: 'j', can_continue: true, progress: { step: 4, of: 10 }, outputs: [] as unknown } as JobResource;

beforeEach(() => {
  HTMLDialogElement.prototype.showModal ??= () => undefined;
  HTMLDialogElement.prototype.close ??= () => undefined;
  queries.setQueryData(['graph', job.id], { graph: null, cost: null });
  useAsking.setState({ job: job.id });
});
afterEach(cleanup);

it('sends one job, however often it is pressed, and can be pressed again after a refusal', async () => {
  let refuse: (error: Error) => void = () => undefined;
  vi.mocked(continueWith).mockImplementation(() => new Promise((_, reject) => (refuse = reject)));
  render(
    <QueryClientProvider client={queries}>
      <MoreSteps job={job} />
    </QueryClientProvider>,
  );
  const run = screen.getByTestId<HTMLButtonElement>('more-steps-run');
  const submit = () => fireEvent.submit(run.closest('form') as HTMLFormElement);
  submit();
  submit();
  expect(continueWith).toHaveBeenCalledOnce();
  expect(run.disabled).toBe(true);
  await act(async () => refuse(new ApiProblem(503, 'Busy', 'The server is busy.')));
  expect(screen.getByText('The server is busy.')).toBeTruthy();
  expect(run.disabled).toBe(false);
  submit();
  expect(continueWith).toHaveBeenCalledTimes(2);
});
