/** The browser's storage. It can be full or blocked by the visitor's settings. Then nothing is stored, and everything
 * else works. */
type Place = 'localStorage' | 'sessionStorage';

export function readStored(place: Place, name: string): string | null {
  try {
    return window[place].getItem(name);
  } catch {
    return null;
  }
}

const KEPT = new Set(['inlay.theme', 'inlay.language', 'inlay.signed-out']);
let forgotten = false; // what a page stores while it is left would come back

/** Remove everything that the studio has stored in this browser, except how it looks. From then on this page stores
 * nothing. */
export function forgetVisitor(): void {
  forgotten = true;
  for (const place of ['localStorage', 'sessionStorage'] as const) {
    const names = Object.keys(window[place]).filter((name) => name.startsWith('inlay.') && !KEPT.has(name));
    for (const name of names) window[place].removeItem(name);
  }
}

/** Store a text, or remove it (null). Returns true if it is stored now. */
export function store(place: Place, name: string, text: string | null): boolean {
  if (forgotten) return false;
  try {
    if (text === null) window[place].removeItem(name);
    else window[place].setItem(name, text);
    return true;
  } catch {
    return false;
  }
}

/** The storage for zustand's `createJSONStorage`. */
export const storageOf = (place: Place) => ({
  getItem: (name: string) => readStored(place, name),
  setItem: (name: string, text: string) => void store(place, name, text),
  removeItem: (name: string) => void store(place, name, null),
});
