import { letterOf } from '../ui/keys';

type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey'>;

/** The keys that are bound by their place on the keyboard, because other layouts type them with AltGr or not at all. */
const PLACES: Readonly<Record<string, string>> = {
  '[': 'BracketLeft',
  ']': 'BracketRight',
  '+': 'Equal',
  '-': 'Minus',
  ',': 'Comma',
  '.': 'Period',
  Space: 'Space',
};

const placeOf = (name: string): string | undefined => (/^\d$/.test(name) ? `Digit${name}` : PLACES[name]);

function isKey(name: string, event: Pressed): boolean {
  if (/^[A-Z]$/.test(name)) return letterOf(event) === name.toLowerCase();
  const place = placeOf(name);
  return event.key === name || (place !== undefined && event.code === place);
}

/** True if the event presses the chord, such as `Mod+Shift+Z` (Mod is Ctrl, or Command on a Mac), `Shift+1` or `V`. A
 * sign that is typed with Shift on some keyboards (`?`, `+`) is matched with and without it. */
export function isChord(chord: string, event: Pressed): boolean {
  const parts = chord.split('+').filter(Boolean);
  const name = chord.endsWith('+') ? '+' : (parts.at(-1) ?? '');
  const modifiers = new Set(chord.endsWith('+') ? parts : parts.slice(0, -1));
  const shiftFree = name === '?' || name === '+';
  return (
    isKey(name, event) &&
    (event.ctrlKey || event.metaKey) === modifiers.has('Mod') &&
    event.altKey === modifiers.has('Alt') &&
    (shiftFree || event.shiftKey === modifiers.has('Shift'))
  );
}

/** True if a press of the chord could be meant as text: it has neither Mod nor Alt, and the key is no function key. */
export const types = (chord: string): boolean => !/Mod|Alt/.test(chord) && !/(^|\+)F\d+$/.test(chord);

const MAC = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);

const NAMES: Readonly<Record<string, string>> = MAC ? { Mod: '⌘', Shift: '⇧', Alt: '⌥', Enter: '↵' } : { Mod: 'Ctrl' };

/** A chord as it is printed for the visitor: `Ctrl+Shift+Z`, or `⌘⇧Z` on a Mac. */
export function shownKeys(chord: string): string {
  const name = chord.endsWith('+') ? '+' : (chord.split('+').at(-1) ?? '');
  const modifiers = chord.slice(0, -name.length).split('+').filter(Boolean);
  return [...modifiers, name].map((part) => NAMES[part] ?? part).join(MAC ? '' : '+');
}
