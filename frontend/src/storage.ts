/** The browser's own storage. It can be full, or blocked by the visitor's settings; then nothing is kept, and nothing else
 * breaks. */
type Place = 'localStorage' | 'sessionStorage';

export function readStored(place: Place, name: string): string | null {
  try {
    return window[place].getItem(name);
  } catch {
    return null;
  }
}

/** Returns whether the text is kept now; null removes it. */
export function store(place: Place, name: string, text: string | null): boolean {
  try {
    if (text === null) window[place].removeItem(name);
    else window[place].setItem(name, text);
    return true;
  } catch {
    return false;
  }
}

/** For zustand's `createJSONStorage`. */
export const storageOf = (place: Place) => ({
  getItem: (name: string) => readStored(place, name),
  setItem: (name: string, text: string) => void store(place, name, text),
  removeItem: (name: string) => void store(place, name, null),
});
