import { useRef, useState } from 'react';

/** Do something that takes time, once at a time: what is asked for meanwhile is not done. `doing` is true until it has
 * ended. */
export function useOnce<Given extends unknown[]>(
  act: (...given: Given) => Promise<unknown>,
): { doing: boolean; run: (...given: Given) => Promise<void> } {
  const [doing, setDoing] = useState(false);
  const busy = useRef(false); // known at once: a second press may come before the next render
  const run = async (...given: Given) => {
    if (busy.current) return;
    busy.current = true;
    setDoing(true);
    try {
      await act(...given);
    } finally {
      busy.current = false;
      setDoing(false);
    }
  };
  return { doing, run };
}
