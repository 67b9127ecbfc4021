// @vitest-environment jsdom
import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import { upload } from '../../api/client';
import { queries } from '../../api/queries';
import type { Prompted, Upload } from '../../api/types';
import { changed } from '../../document/change';
import { prompted } from '../../document/draft';
import { OwnAdapters } from './OwnAdapters';

vi.mock('../../api/client', async (original) => ({ ...(await original<object>()), upload: vi.fn() }));

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
          setValue((now) => changed(now, part));
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

const PICTURE = 'c'.repeat(64);
const CONTROL = { kind: 'edges' as const, picture: PICTURE, controlnet: 'canny', strength: 1, active: [0, 1] };
const REFERENCE = { adapter: 'look', picture: PICTURE, weight: 0.7 };

/** Send another picture by a field. The returned function ends the upload. */
async function sendAnother(testId: string): Promise<() => Promise<void>> {
  serve(adapter('controlnet', 'canny'), adapter('ip-adapter', 'look'));
  let end = (_: Upload) => {};
  vi.mocked(upload).mockReturnValue(new Promise((resolve) => (end = resolve)));
  show({ ...prompted(), control: CONTROL, reference: REFERENCE });
  await userEvent.upload(screen.getByTestId(testId), new File(['hill'], 'hill.png', { type: 'image/png' }));
  return () => act(async () => end({ id: 'hill', width: 8, height: 8 } as Upload));
}

it('changes only the picture when an upload ends, not what was edited meanwhile', async () => {
  const end = await sendAnother('control-picture');
  await userEvent.clear(screen.getByTestId('control-strength'));
  await userEvent.type(screen.getByTestId('control-strength'), '0.5{Enter}');
  await end();
  expect(now.control).toEqual({ ...CONTROL, picture: 'hill', strength: 0.5 });
});

it('takes no upload for a reference that was removed meanwhile', async () => {
  const end = await sendAnother('reference-picture');
  await userEvent.click(screen.getByRole('button', { name: 'Remove: Reference picture (IP-Adapter)' }));
  await end();
  expect(now.reference).toBeNull();
});
