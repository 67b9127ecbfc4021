import { useEffect } from 'react';
import { useSession } from '../../session';

const MOST_SHOWN = 64; // MAX_SHOWN of the server

/** Ask for live pictures of these nodes besides the one on the canvas, until the asking part is closed. */
export function useAlsoShown(names: readonly string[]): void {
  const key = names.slice(0, MOST_SHOWN).join(' ');
  useEffect(() => {
    useSession.setState({ alsoShown: key === '' ? [] : key.split(' ') });
  }, [key]);
  useEffect(() => () => void useSession.setState({ alsoShown: [] }), []);
}
