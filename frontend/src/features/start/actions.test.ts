// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from 'vitest';
import { fetchBlob, upload } from '../../api/client';
import type { Upload } from '../../api/types';
import { EMPTY, withCanvas } from '../../document/draft';
import { edit, useDraft } from '../../document/store';
import { useSession } from '../../session';
import { reroll, startFromFile } from './actions';

vi.mock('../../api/client', async (original) => ({
  ...(await original<object>()),
  fetchBlob: vi.fn(),
  upload: vi.fn(),
}));

beforeEach(() => {
  vi.mocked(upload).mockResolvedValue({ id: 'hill', width: 512, height: 128 } as Upload);
  useDraft.setState({ draft: EMPTY });
  useSession.setState({ selected: 'p1', writing: 'p1', tab: 'region' });
  document.body.innerHTML = '<textarea></textarea><input type="file">';
});

const seen = () => {
  const { selected, writing, tab } = useSession.getState();
  return { selected, writing, tab };
};

test('a start that arrives while a text is typed leaves the text alone', async () => {
  document.querySelector('textarea')?.focus();
  await startFromFile(new File([], 'hill.png'));
  expect(useDraft.getState().draft.start?.picture).toBe('hill');
  expect(seen()).toEqual({ selected: 'p1', writing: 'p1', tab: 'region' });
});

test.each(['body', 'input'])('a start that arrives while no text is typed shows its settings: %s', async (focused) => {
  document.querySelector<HTMLElement>(focused)?.focus();
  await startFromFile(new File([], 'hill.png'));
  expect(seen()).toEqual({ selected: '~start', writing: null, tab: 'picture' });
});

test('a reroll stops if the layout or its canvas is changed before the picture is there', async () => {
  const box = { x: 0, y: 0, width: 64, height: 64 };
  const generate = vi.fn();
  vi.mocked(fetchBlob).mockResolvedValue(new Blob());
  const run = () => reroll({ job: 'j', picture: 'out', url: '/hill' }, { box }, generate);
  for (const change of [
    () => edit((draft) => ({ ...draft, kind: 'scene' })),
    () => edit((draft) => withCanvas(draft, { width: 384 })),
  ]) {
    const running = run();
    change();
    await running;
    expect(useDraft.getState().draft.start).toBeNull();
  }
  expect(generate).not.toHaveBeenCalled();
  await run();
  expect(generate).toHaveBeenCalledOnce();
});

test('a reroll that is not sent leaves the draft as it was, and says why', async () => {
  vi.mocked(fetchBlob).mockResolvedValue(new Blob());
  const before = useDraft.getState().draft;
  const part = { box: { x: 0, y: 0, width: 64, height: 64 } };
  for (const error of [undefined, new Error('away')]) {
    await reroll({ job: 'j', picture: 'out', url: '/hill' }, part, ({ unsent }) => {
      expect(useDraft.getState().draft.start?.picture).toBe('hill');
      unsent?.(error);
    });
    expect(useDraft.getState().draft).toEqual(before);
  }
});

test('what is edited while a reroll is sent stays if it is refused', async () => {
  vi.mocked(fetchBlob).mockResolvedValue(new Blob());
  const part = { box: { x: 0, y: 0, width: 64, height: 64 } };
  await reroll({ job: 'j', picture: 'out', url: '/hill' }, part, ({ unsent }) => {
    edit((draft) => ({ ...draft, regions: { ...draft.regions, prompt: 'typed meanwhile' } }));
    unsent?.(new Error('away'));
  });
  const { start, images, keep, regions } = useDraft.getState().draft;
  expect({ start, images, keep }).toEqual({ start: null, images: 1, keep: null });
  expect(regions.prompt).toBe('typed meanwhile');
});
