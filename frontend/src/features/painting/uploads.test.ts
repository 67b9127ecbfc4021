// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from 'vitest';
import { fetchBlob, upload } from '../../api/client';
import { queries } from '../../api/queries';
import type { Upload } from '../../api/types';
import { addPatch, changePatch } from '../../document/boxes';
import { canvasOf, EMPTY } from '../../document/draft';
import { maskPng } from './raster';
import { paintedIn, paintingOf, uploaded } from './uploads';

vi.mock('../../api/client', async (original) => ({
  ...(await original<object>()),
  fetchBlob: vi.fn(),
  upload: vi.fn(),
}));
vi.mock('./raster', () => ({ rasteredMask: vi.fn(), maskPng: vi.fn() }));

const HOUR = 3_600_000; // milliseconds
const close = vi.fn();
const strokes = [{ colour: '#ffffff', size: 8, points: [4, 4] }];
const draft = changePatch(addPatch(EMPTY, null, 8)[0], 'p1', { box: null, mask: 'hill', strokes });

beforeEach(() => {
  queries.clear();
  close.mockClear();
  vi.stubGlobal('createImageBitmap', async () => ({ close }));
  vi.mocked(fetchBlob).mockResolvedValue(new Blob());
  vi.mocked(maskPng).mockResolvedValue(new Blob());
  vi.mocked(upload)
    .mockReset()
    .mockResolvedValue({ id: 'mask' } as Upload);
});

test('the pictures below what is painted are closed once it is drawn, also if that fails', async () => {
  vi.mocked(maskPng).mockRejectedValueOnce(new Error('The browser has no memory.'));
  const [painted] = paintedIn(draft);
  const { queryFn } = paintingOf(painted as NonNullable<typeof painted>, canvasOf(draft));
  await expect(queryFn()).rejects.toThrow();
  expect(close).toHaveBeenCalledOnce();
  await queryFn();
  expect(close).toHaveBeenCalledTimes(2);
});

test('what is painted is sent again before the server deletes the upload, which is after a day', async () => {
  const now = vi.spyOn(Date, 'now').mockReturnValue(HOUR);
  await uploaded(draft);
  now.mockReturnValue(2 * HOUR);
  await uploaded(draft);
  expect(upload).toHaveBeenCalledOnce();
  now.mockReturnValue(23 * HOUR);
  await uploaded(draft);
  expect(upload).toHaveBeenCalledTimes(2);
});
