import { type PointerEvent, type RefObject, useEffect, useRef, useState } from 'react';
import { type View, zoomedAt } from '../../geometry/view';

const MOST = 16; // times the size at which the whole picture fits
const WHOLE: View = { scale: 1, x: 0, y: 0 };
const PER_WHEEL = 0.0035; // of the scale's logarithm, for each pixel that the wheel turns

interface Room {
  width: number;
  height: number;
}

const roomOf = (element: HTMLElement): Room => ({ width: element.clientWidth, height: element.clientHeight });

/** The view, kept between the whole picture and MOST, with the stage always covered. */
function bounded({ scale, x, y }: View, { width, height }: Room): View {
  const kept = Math.min(Math.max(scale, 1), MOST);
  const inside = (start: number, length: number) => Math.min(0, Math.max(start, length - length * kept));
  return { scale: kept, x: inside(x, width), y: inside(y, height) };
}

export interface Zoom {
  view: View;
  /** Zoom about the middle of the stage. */
  by: (factor: number) => void;
  /** Move the pictures by shares of the stage's width and height. */
  move: (across: number, down: number) => void;
  fit: () => void;
  hands: Pick<React.DOMAttributes<HTMLElement>, 'onPointerDown' | 'onPointerMove' | 'onPointerUp' | 'onPointerCancel'>;
}

type Point = { x: number; y: number };

const within = (element: HTMLElement, { clientX, clientY }: { clientX: number; clientY: number }): Point => {
  const { left, top } = element.getBoundingClientRect();
  return { x: clientX - left, y: clientY - top };
};

const apart = ([one, other]: Point[]) => (one && other ? Math.hypot(one.x - other.x, one.y - other.y) : 0);
const between = (points: Point[]): Point => ({
  x: points.reduce((sum, { x }) => sum + x, 0) / points.length,
  y: points.reduce((sum, { y }) => sum + y, 0) / points.length,
});

/** The zoom that all pictures of a comparison share. Ctrl and the wheel zoom at the pointer, two fingers pinch, and a drag
 * moves. `stages` is the element around the stages, which have `data-stage` and are equally large. */
export function useZoom(stages: RefObject<HTMLElement | null>): Zoom {
  const [view, setView] = useState(WHOLE);
  const fingers = useRef(new Map<number, Point>());
  const change = (stage: HTMLElement, next: (now: View) => View) => setView((now) => bounded(next(now), roomOf(stage)));

  useEffect(() => {
    const around = stages.current;
    const onWheel = (event: WheelEvent) => {
      const stage = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-stage]') : null;
      if (!stage || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      const at = within(stage, event);
      const factor = Math.exp(-event.deltaY * PER_WHEEL);
      setView((now) => bounded(zoomedAt(now, at, Math.min(Math.max(now.scale * factor, 1), MOST)), roomOf(stage)));
    };
    around?.addEventListener('wheel', onWheel, { passive: false });
    return () => around?.removeEventListener('wheel', onWheel);
  }, [stages]);

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.target instanceof HTMLInputElement) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    fingers.current.set(event.pointerId, within(event.currentTarget, event));
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (!fingers.current.has(event.pointerId)) return;
    const before = [...fingers.current.values()];
    fingers.current.set(event.pointerId, within(event.currentTarget, event));
    const after = [...fingers.current.values()];
    const [from, to] = [between(before), between(after)];
    const factor = after.length > 1 ? apart(after) / Math.max(1, apart(before)) : 1;
    change(event.currentTarget, (now) => {
      const moved = { ...now, x: now.x + to.x - from.x, y: now.y + to.y - from.y };
      return zoomedAt(moved, to, Math.min(Math.max(now.scale * factor, 1), MOST));
    });
  };
  const release = (event: PointerEvent<HTMLElement>) => void fingers.current.delete(event.pointerId);

  const changeFirst = (next: (now: View, room: Room) => View) => {
    const stage = stages.current?.querySelector<HTMLElement>('[data-stage]');
    if (stage) change(stage, (now) => next(now, roomOf(stage)));
  };

  return {
    view,
    by: (factor) =>
      changeFirst((now, { width, height }) =>
        zoomedAt(now, { x: width / 2, y: height / 2 }, Math.min(Math.max(now.scale * factor, 1), MOST)),
      ),
    move: (across, down) =>
      changeFirst((now, { width, height }) => ({ ...now, x: now.x + across * width, y: now.y + down * height })),
    fit: () => setView(WHOLE),
    hands: { onPointerDown, onPointerMove, onPointerUp: release, onPointerCancel: release },
  };
}
