// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { queries } from '../../api/queries';
import { PromptField } from '../prompts/PromptField';
import { Suggestions } from './Suggestions';

const DESCRIPTION = {
  id: 'papercut',
  title: 'papercut',
  vocabulary: [
    { name: 'places', phrases: ['a desert', 'the sea'] },
    { name: 'times', phrases: ['at night'] },
  ],
  words: ['a', 'desert', 'the', 'sea', 'at', 'night'],
};

beforeEach(() => queries.setQueryData(['models'], { items: [{ description: DESCRIPTION }] }));
afterEach(cleanup);

function Page({ first = '' }: { first?: string }) {
  const [text, setText] = useState(first);
  return (
    <QueryClientProvider client={queries}>
      <PromptField label="Prompt" value={text} onChange={setText} />
      <Suggestions />
    </QueryClientProvider>
  );
}

describe('a prompt', () => {
  it('marks and names the words that the model does not know', async () => {
    render(<Page />);
    await userEvent.type(screen.getByLabelText('Prompt'), 'the sea, a zeppelin');
    expect(document.querySelector('mark')?.textContent).toBe('zeppelin');
    expect(screen.getByTestId('unknown-words').textContent).toBe('papercut does not know: zeppelin');
  });

  it('says nothing of words that it knows', () => {
    render(<Page first="A desert at night" />);
    expect(screen.queryByTestId('unknown-words')).toBeNull();
  });

  it('takes suggestions where the caret is', async () => {
    render(<Page />);
    await userEvent.click(screen.getByLabelText('Prompt'));
    await userEvent.click(screen.getByRole('button', { name: 'the sea' }));
    await userEvent.click(screen.getByRole('tab', { name: 'times' }));
    await userEvent.click(screen.getByRole('button', { name: 'at night' }));
    expect(screen.getByLabelText('Prompt')).toHaveProperty('value', 'the sea at night');
  });

  it('closes its list of words when Ctrl Enter begins a run', async () => {
    render(<Page />);
    await userEvent.type(screen.getByLabelText('Prompt'), 'the s');
    expect(screen.getByRole('option', { name: 'the sea' })).toBeTruthy();
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    expect(screen.queryByRole('option')).toBeNull();
  });
});
