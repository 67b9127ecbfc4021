const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const KEYWORD = 'inlay'; // the text chunk in which the server writes the resolved document

export const isPng = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, at) => bytes[at] === byte);

/** Where the text of an iTXt chunk begins: after keyword, two bytes of compression, language and translated keyword. */
function textStart(data: Uint8Array): number {
  const keyword = data.indexOf(0);
  const language = data.indexOf(0, keyword + 3);
  return data.indexOf(0, language + 1) + 1;
}

/** The job document that a PNG of ours carries, as JSON; null for any other picture. */
export function documentOf(bytes: Uint8Array): string | null {
  if (!isPng(bytes)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const latin = new TextDecoder('latin1');
  for (let at = SIGNATURE.length; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = latin.decode(bytes.subarray(at + 4, at + 8));
    const data = bytes.subarray(at + 8, at + 8 + length);
    const isOurs = type === 'iTXt' && latin.decode(data.subarray(0, data.indexOf(0))) === KEYWORD;
    if (isOurs && data[data.indexOf(0) + 1] === 0) return new TextDecoder().decode(data.subarray(textStart(data)));
    at += length + 12;
  }
  return null;
}
