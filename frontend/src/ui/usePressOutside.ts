import { type RefObject, useEffect, useRef } from 'react';

/** While an element is open, call `close` when the visitor presses outside of it. */
export function usePressOutside(inside: RefObject<HTMLElement | null>, open: boolean, close: () => void): void {
  const latest = useRef(close);
  latest.current = close;
  useEffect(() => {
    if (!open) return;
    const away = (event: PointerEvent) => {
      if (!inside.current?.contains(event.target as Node)) latest.current();
    };
    window.addEventListener('pointerdown', away);
    return () => window.removeEventListener('pointerdown', away);
  }, [inside, open]);
}
