// @vitest-environment jsdom
import { act, renderHook } from '@testing-library/react';
import { beforeEach, expect, test, vi } from 'vitest';
import { upload } from '../../api/client';
import type { Upload } from '../../api/types';
import { EMPTY } from '../../document/draft';
import { edit, useDraft } from '../../document/store';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';
import { useUpload } from './useUpload';
import { withUpload } from './withUpload';

vi.mock('../../api/client', async (original) => ({ ...(await original<object>()), upload: vi.fn() }));
vi.mock('../../ui/toasts', () => ({ toast: vi.fn() }));

const kept = (id: string) => ({ id, width: 8, height: 8 }) as Upload;

let answers: ((kept: Upload) => void)[];

beforeEach(() => {
  answers = [];
  vi.mocked(upload).mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
  useDraft.setState({ draft: EMPTY });
});

const answer = (at: number, id: string) => act(async () => answers[at]?.(kept(id)));

test('of two pictures, the one that was sent last is taken, whichever arrives first', async () => {
  const taken: string[] = [];
  const { result } = renderHook(() => useUpload('picture', ({ id }) => taken.push(id)));
  await act(async () => {
    result.current.send(new Blob());
    result.current.send(new Blob());
  });
  await answer(1, 'second');
  expect(result.current.sending).toBe(false);
  await answer(0, 'first');
  expect(taken).toEqual(['second']);
});

test('a picture for one layout does not land in another one, and a message says so', async () => {
  const take = vi.fn();
  const { result } = renderHook(() => useUpload('picture', take, () => true));
  await act(async () => void result.current.send(new Blob()));
  edit((draft) => ({ ...draft, kind: 'panorama' }));
  await answer(0, 'hill');
  expect(take).not.toHaveBeenCalled();
  expect(toast).toHaveBeenCalledWith(words.pictures.layoutChanged);
});

test('a picture for what is no longer in the layout is not used', async () => {
  const take = vi.fn();
  const { result } = renderHook(() => useUpload('picture', take, (draft) => draft.images === 1));
  await act(async () => void result.current.send(new Blob()));
  edit((draft) => ({ ...draft, images: 2 }));
  await answer(0, 'hill');
  expect(take).not.toHaveBeenCalled();
});

test('a second action with a picture is refused with a sentence while the first picture is sent', async () => {
  const [first, second] = [vi.fn(), vi.fn()];
  const sent = withUpload(async () => new Blob(), first);
  await withUpload(async () => new Blob(), second);
  expect(toast).toHaveBeenCalledWith(words.pictures.stillSending);
  await answer(0, 'hill');
  await sent;
  expect([first.mock.calls.length, second.mock.calls.length]).toEqual([1, 0]);
});
