import { words } from '../words/words';
import { NotAJob } from './read/fields';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const KEYWORD = 'inlay'; // of the text in which the server writes the resolved document
const MOST = 16 * 1024 * 1024; // bytes of a document, uncompressed

interface Text {
  data: Uint8Array<ArrayBuffer>;
  compressed: boolean;
}

type Chunk = [type: string, data: Uint8Array<ArrayBuffer>];

export const isPng = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, at) => bytes[at] === byte);

const latin = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes);

function* chunks(bytes: Uint8Array<ArrayBuffer>): Generator<Chunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = SIGNATURE.length; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    yield [latin(bytes.subarray(at + 4, at + 8)), bytes.subarray(at + 8, at + 8 + length)];
    at += length + 12;
  }
}

/** The bytes after the next zero byte; null if there is none. */
function afterZero(data: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | null {
  const end = data.indexOf(0);
  return end < 0 ? null : data.subarray(end + 1);
}

/** The text of a chunk of any of PNG's three kinds. After the keyword, iTXt has a flag and a method of compression, the
 * language, and the translated keyword; zTXt has a method. */
function textOf([type, data]: Chunk): Text | null {
  const rest = afterZero(data);
  if (rest === null || latin(data.subarray(0, data.indexOf(0))) !== KEYWORD) return null;
  if (type === 'tEXt') return { data: rest, compressed: false };
  if (type === 'zTXt') return { data: rest.subarray(1), compressed: true };
  const language = type === 'iTXt' ? afterZero(rest.subarray(2)) : null;
  const said = language && afterZero(language);
  return said && { data: said, compressed: rest[0] === 1 };
}

/** Decompress zlib data; null if it is damaged or longer than MOST bytes. */
async function inflated(data: Uint8Array<ArrayBuffer>): Promise<Uint8Array | null> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  try {
    const reader = new Blob([data]).stream().pipeThrough(new DecompressionStream('deflate')).getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      parts.push(read.value);
      size += read.value.length;
      if (size > MOST) {
        await reader.cancel();
        return null;
      }
    }
  } catch {
    return null;
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** Decode text as UTF-8 if possible, because programs write UTF-8 although PNG asks for Latin-1. */
function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return latin(bytes);
  }
}

/** The job document in a PNG, as JSON; null for any other picture. Throws NotAJob if it cannot be read. */
export async function documentOf(bytes: Uint8Array<ArrayBuffer>): Promise<string | null> {
  if (!isPng(bytes)) return null;
  const texts = [...chunks(bytes)].map(textOf).filter((text) => text !== null);
  for (const { data, compressed } of texts) {
    const plain = compressed ? await inflated(data) : data;
    if (plain !== null && plain.length <= MOST) return decoded(plain);
  }
  if (texts.length) throw new NotAJob(words.reading.damaged);
  return null;
}
