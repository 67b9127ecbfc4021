import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { EXAMPLES } from '../../document/examples';
import { thumbnailOf } from './thumbnail';

const FOLDER = 'src/features/canvas/thumbnails';
const FRAME_SIZE = 26; // where the width and then the height of a lossy WebP's frame are

it('has a thumbnail of every example, and no other', () => {
  expect(readdirSync(FOLDER).sort()).toEqual(EXAMPLES.map(({ id }) => `${id}.webp`).sort());
});

it.each(EXAMPLES)('is a small WebP of the size that the card leaves for it: $id', (example) => {
  const { src, width, height } = thumbnailOf(example);
  expect(src).toContain(`${example.id}.webp`);
  const bytes = readFileSync(`${FOLDER}/${example.id}.webp`);
  expect(bytes.length).toBeLessThanOrEqual(6000);
  expect(bytes.toString('latin1', 8, 15)).toBe('WEBPVP8');
  expect([bytes.readUInt16LE(FRAME_SIZE), bytes.readUInt16LE(FRAME_SIZE + 2)]).toEqual([width, height]);
});
