import { useRef } from 'react';
import { announce } from '../../ui/announce';
import { words } from '../../words/words';
import { rememberText, usedPrompts } from './history';

interface Walk {
  typed: string;
  entries: readonly string[];
  at: number;
}

/** Go through the prompts used before, in the field itself. It begins in a field that is empty, or as it was when it
 * got the focus. The text that stood there comes back after the newest. */
export function useWalk(value: string, negative: boolean, put: (text: string) => void) {
  const walk = useRef<Walk | null>(null);
  const atFocus = useRef(value);

  const begin = (): Walk | null => {
    if (value.trim() !== '' && value !== atFocus.current) return null;
    rememberText(value, negative);
    return { typed: value, entries: usedPrompts(negative).filter((one) => one !== value.trim()), at: -1 };
  };

  /** Go to an older (1) or newer (-1) prompt. Returns false if the key means something else here. */
  const step = (by: 1 | -1): boolean => {
    const last = walk.current;
    const going = last && value === (last.entries[last.at] ?? last.typed) ? last : begin();
    if (!going || (by < 0 && going.at < 0)) return false;
    const at = Math.min(going.at + by, going.entries.length - 1);
    walk.current = { ...going, at };
    const text = going.entries[at] ?? going.typed;
    if (text !== value) put(text);
    announce(at < 0 ? words.prompts.typedAgain : words.prompts.recalled(text));
    return true;
  };

  const focused = () => {
    atFocus.current = value;
    walk.current = null;
  };
  return { step, focused };
}
