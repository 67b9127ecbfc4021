import type { DraftPatch, DraftStart } from '../draft';
import { object } from './fields';
import { readPatch } from './layout';
import { readStart } from './start';
import { readStrokes } from './strokes';

/** Read a patch of a saved draft. Its strokes may lie over neither a box nor a mask. */
export function readDraftPatch(value: unknown, where: string): DraftPatch {
  const { strokes, ...rest } = object(value, where);
  if (strokes === undefined) return readPatch(rest, where);
  const bare = rest.box == null && rest.mask == null;
  const read = readPatch(bare ? { ...rest, mask: '' } : rest, where);
  return { ...read, mask: bare ? null : read.mask, strokes: readStrokes(strokes, where) };
}

/** Read the start of a saved draft, which may have strokes. */
export function readDraftStart(value: unknown): DraftStart | null {
  if (value == null) return null;
  const { strokes, ...rest } = object(value, 'start');
  const read = readStart(rest);
  return read && strokes !== undefined ? { ...read, strokes: readStrokes(strokes, 'start') } : read;
}
