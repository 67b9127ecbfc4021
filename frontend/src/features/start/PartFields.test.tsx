// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { queries } from '../../api/queries';
import { EMPTY } from '../../document/draft';
import { rerolled, startedAnew } from '../../document/start';
import { edit, undo, useDraft } from '../../document/store';
import { GenerateProvider } from '../jobs/useGenerate';
import { StartPanel } from './StartPanel';

const PICTURE = { id: 'a'.repeat(64), width: 512, height: 128 };
const BOX = { x: 16, y: 16, width: 32, height: 32 };

const area = () => screen.getByTestId<HTMLSelectElement>('redraw');
const choose = (value: string) => fireEvent.change(area(), { target: { value } });

beforeEach(() => {
  queries.setQueryData(['models'], { items: [], adapters: [] });
  useDraft.setState({ draft: startedAnew(EMPTY, PICTURE) });
  render(
    <QueryClientProvider client={queries}>
      <GenerateProvider>
        <StartPanel />
      </GenerateProvider>
    </QueryClientProvider>,
  );
});
afterEach(cleanup);

it('shows a mask that is neither painted nor uploaded yet, and no longer once that choice is undone', () => {
  choose('box inside');
  choose('mask outside');
  expect(area().value).toBe('mask outside');
  expect(screen.getByTestId('start-mask')).toBeTruthy();
  choose('mask inside');
  act(undo);
  expect(area().value).toBe('mask outside');
  act(undo);
  expect(area().value).toBe('box inside');
});

it.each([
  ['another layout is opened', 'all', () => edit(() => startedAnew(EMPTY, PICTURE))],
  ['a box is redrawn', 'box outside', () => edit((draft) => rerolled(draft, PICTURE.id, { box: BOX }, 7))],
])('shows no mask that was chosen before %s', (_, shown, happens) => {
  choose('mask inside');
  act(happens);
  expect(area().value).toBe(shown);
});
