import { useEffect, useRef } from 'react';

const BESIDE = '(min-width: 861px)'; // the list is beside the canvas, not below it

/** A list item that is scrolled into view when it is chosen, if the list is beside the canvas. */
export function useBrought(chosen: boolean) {
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (chosen && window.matchMedia(BESIDE).matches) item.current?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return item;
}
