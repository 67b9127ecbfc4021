import { describe, expect, it } from 'vitest';
import { documentOf } from './png';

const SAID = '{"π": "ä house"}';
const utf8 = (text: string) => new TextEncoder().encode(text);
const latin1 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function chunk(type: string, ...parts: Uint8Array[]): Uint8Array {
  const data = joined(...parts);
  const bytes = new Uint8Array(12 + data.length);
  new DataView(bytes.buffer).setUint32(0, data.length);
  bytes.set(utf8(type), 4);
  bytes.set(data, 8);
  return bytes;
}

const HEAD = chunk('IHDR', new Uint8Array(13));
const PIXELS = chunk('IDAT', new Uint8Array(20));
const END = chunk('IEND');
const png = (...chunks: Uint8Array[]) =>
  joined(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), HEAD, ...chunks, END);

async function zipped(plain: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([plain]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const international = (text: Uint8Array, flag = '\0', keyword = 'inlay') =>
  chunk('iTXt', utf8(`${keyword}\0${flag}\0en\0Inlay\0`), text);

describe('a picture', () => {
  it.each([
    ['iTXt', async () => international(utf8(SAID)), SAID],
    ['iTXt, zipped', async () => international(await zipped(utf8(SAID)), '\x01'), SAID],
    ['zTXt', async () => chunk('zTXt', utf8('inlay\0\0'), await zipped(utf8(SAID))), SAID],
    ['zTXt in Latin-1', async () => chunk('zTXt', utf8('inlay\0\0'), await zipped(latin1('{"ä": 1}'))), '{"ä": 1}'],
    ['tEXt', async () => chunk('tEXt', utf8(`inlay\0${SAID}`)), SAID],
    ['tEXt in Latin-1', async () => chunk('tEXt', latin1('inlay\0{"ä": 1}')), '{"ä": 1}'],
  ])('gives the document that it carries as %s, before or after its pixels', async (_, made, said) => {
    const text = await made();
    expect(await documentOf(png(text, PIXELS))).toBe(said);
    expect(await documentOf(png(PIXELS, text))).toBe(said);
  });

  it('gives its document among other texts, and from the one that is complete', async () => {
    const others = [international(utf8('no'), '\0', 'other'), chunk('tEXt', utf8('inlay too\0no')), chunk('tEXt')];
    expect(await documentOf(png(...others, international(utf8(SAID)), PIXELS))).toBe(SAID);
    const damaged = international(utf8('damaged'), '\x01');
    expect(await documentOf(png(damaged, PIXELS, chunk('tEXt', utf8(`inlay\0${SAID}`))))).toBe(SAID);
  });

  it('of another program has no document', async () => {
    expect(await documentOf(png(PIXELS))).toBeNull();
    expect(await documentOf(png(chunk('tEXt', utf8('Software\0GIMP')), PIXELS))).toBeNull();
    expect(await documentOf(joined(utf8('{}')))).toBeNull();
  });

  it('is refused if its document is damaged or decompresses to too much', async () => {
    const bomb = await zipped(new Uint8Array(40 * 1024 * 1024));
    for (const text of [utf8('damaged'), (await zipped(utf8(SAID))).subarray(0, 10), bomb])
      await expect(documentOf(png(international(text, '\x01'), PIXELS))).rejects.toThrow('damaged or far too long');
  });
});
