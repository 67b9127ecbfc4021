import { type RefObject, useEffect, useRef } from 'react';
import type { Point } from '../../geometry/box';
import { toCanvas, type View } from '../../geometry/view';

export interface Shown {
  container: RefObject<HTMLElement | null>;
  view: View;
}

/** The position of a pointer, in canvas pixels. */
export function locate(event: PointerEvent, { container, view }: Shown): Point {
  const frame = container.current?.getBoundingClientRect();
  return toCanvas(view, { x: event.clientX - (frame?.left ?? 0), y: event.clientY - (frame?.top ?? 0) });
}

interface Handlers {
  move: (event: PointerEvent) => void;
  /** The pointer goes up, or its gesture is cancelled. */
  up: (event: PointerEvent) => void;
}

/** Follow the pointer, also outside of the canvas. */
export function usePointer(handlers: Handlers): void {
  const latest = useRef(handlers);
  latest.current = handlers;
  useEffect(() => {
    const move = (event: PointerEvent) => latest.current.move(event);
    const up = (event: PointerEvent) => latest.current.up(event);
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', up);
    window.addEventListener('pointercancel', up);
    return () => {
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', up);
      window.removeEventListener('pointercancel', up);
    };
  }, []);
}
