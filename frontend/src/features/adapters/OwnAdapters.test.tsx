// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, expect, it } from 'vitest';
import { queries } from '../../api/queries';
import type { Prompted } from '../../api/types';
import { prompted } from '../../document/draft';
import { OwnAdapters } from './OwnAdapters';

const model = { id: 'papercut', kind: 'stable-diffusion', channels: 4, defaults: { steps: 30 } };
const adapter = (entry: string, id: string, kind = model.kind) => ({ description: { entry, id, title: id, kind } });
const serve = (...adapters: object[]) =>
  queries.setQueryData(['models'], { items: [{ description: model, fits: null }], adapters });

afterEach(cleanup);

let now: Prompted;
let names: string[];

function Page({ first }: { first: Prompted }) {
  const [value, setValue] = useState(first);
  now = value;
  return (
    <QueryClientProvider client={queries}>
      <OwnAdapters
        value={value}
        fault={(...at) => (at[0] === 'loras' ? 'It does not fit.' : undefined)}
        change={(part, name) => {
          names.push(name);
          setValue({ ...value, ...part });
        }}
      />
    </QueryClientProvider>
  );
}

function show(first: Prompted = prompted('a house')): HTMLElement {
  names = [];
  return render(<Page first={first} />).container;
}

it('shows nothing if no adapter of the server fits', () => {
  serve(adapter('lora', 'ink', 'stable-diffusion-xl'));
  expect(show().innerHTML).toBe('');
});

it('adds and removes LoRAs, one edit each, and shows an error beside its LoRA', async () => {
  serve(adapter('lora', 'ink'), adapter('lora', 'soft'));
  show();
  await userEvent.selectOptions(screen.getByLabelText('LoRA'), 'ink');
  await userEvent.selectOptions(screen.getByLabelText('Another LoRA'), 'soft');
  expect(now.loras.map(({ lora }) => lora)).toEqual(['ink', 'soft']);
  expect(screen.queryByLabelText('Another LoRA')).toBeNull();
  const weight = screen.getByLabelText('ink');
  await userEvent.clear(weight);
  await userEvent.type(weight, '0.5{Enter}');
  expect(now.loras[0]).toEqual({ lora: 'ink', weight: 0.5 });
  expect(screen.getAllByText('It does not fit.')).toHaveLength(2);
  await userEvent.click(screen.getByRole('button', { name: 'Remove ink' }));
  expect(now.loras).toEqual([{ lora: 'soft', weight: 1 }]);
  expect(names).toHaveLength(4);
});

it('keeps adapters that the server does not have, and changes only the edited field', async () => {
  serve(adapter('controlnet', 'canny'));
  const picture = 'c'.repeat(64);
  const control = { kind: 'edges' as const, picture, controlnet: 'gone', strength: 1, active: [0, 1] };
  show({ ...prompted(), control, reference: { adapter: 'look', picture, weight: 0.7 } });
  expect((screen.getByLabelText('ControlNet') as HTMLSelectElement).value).toBe('gone');
  expect(screen.getByText('look (not for this model)')).toBeTruthy();
  await userEvent.selectOptions(screen.getByLabelText('ControlNet'), 'canny');
  expect(now.control).toEqual({ ...control, controlnet: 'canny' });
});
