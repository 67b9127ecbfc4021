/** A name that no other request and no other page makes. `crypto.randomUUID` would do, but exists over HTTPS only. */
export const randomName = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
