// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from 'vitest';
import { upload } from '../../api/client';
import type { Upload } from '../../api/types';
import { EMPTY } from '../../document/draft';
import { useDraft } from '../../document/store';
import { useSession } from '../../session';
import { startFromFile } from './actions';

vi.mock('../../api/client', async (original) => ({ ...(await original<object>()), upload: vi.fn() }));

beforeEach(() => {
  vi.mocked(upload).mockResolvedValue({ id: 'hill', width: 512, height: 128 } as Upload);
  useDraft.setState({ draft: EMPTY });
  useSession.setState({ selected: 'p1', writing: 'p1', tab: 'region' });
  document.body.innerHTML = '<textarea></textarea>';
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

test('a start that arrives while no text is typed shows its settings', async () => {
  await startFromFile(new File([], 'hill.png'));
  expect(seen()).toEqual({ selected: '~start', writing: null, tab: 'picture' });
});
