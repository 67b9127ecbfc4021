import type { Point } from '../../geometry/box';
import { toCanvas } from '../../geometry/view';
import { forgetSpace } from './brushKeys';
import { endDrag, useDrag } from './drag';
import { panBy, useStage, zoomBy } from './stage';
import { hitAt } from './tools/hit';
import type { Gesture, Hand } from './tools/tool';
import { toolNow } from './tools/tools';

type Keys = Pick<MouseEvent, 'shiftKey' | 'altKey' | 'ctrlKey' | 'metaKey'>;

const NOTCH = 25; // the most that one wheel event counts, in pixels
const PER_PIXEL = 0.01; // the logarithm of the factor by which a pixel of the wheel zooms
const SLOP = 4; // screen pixels that a press may move and still be a click
const LINE = 16; // pixels of a line, for wheels that count lines

const takesSpace = (target: EventTarget | null) =>
  target instanceof Element &&
  target.closest('input, textarea, select, button, a, summary, [contenteditable=true], dialog');

/** Two fingers on the canvas: their middle, and the distance between them, in screen pixels. */
function pinchOf([one, other]: readonly Point[]): { middle: Point; apart: number } | null {
  if (!one || !other) return null;
  return {
    middle: { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 },
    apart: Math.max(1, Math.hypot(one.x - other.x, one.y - other.y)),
  };
}

/** Follows mouse, pen, fingers, wheel and held keys on the canvas: one pointer uses the tool, two fingers move and zoom
 * the canvas, as do the wheel, Space and the middle button. */
export class Hands {
  private readonly pointers = new Map<number, Point>();
  private gesture: { id: number; gesture: Gesture | null } | null = null;
  private last: Hand | null = null;
  private space = false;
  /** A press on something that lies over the canvas. It becomes a press on the canvas as soon as it is dragged. */
  private above: PointerEvent | null = null;
  private dragged = false;
  private readonly events = new AbortController();

  constructor(private readonly element: HTMLElement) {
    const { signal } = this.events;
    const on = <Name extends keyof WindowEventMap>(name: Name, follow: (event: WindowEventMap[Name]) => void) =>
      window.addEventListener(name, follow, { signal, capture: name.startsWith('key') });
    element.addEventListener('pointerdown', (event) => this.down(event), { signal });
    element.addEventListener('pointermove', (event) => this.hover(event), { signal });
    element.addEventListener('wheel', (event) => this.wheel(event), { signal, passive: false });
    element.parentElement?.addEventListener('pointerdown', (event) => this.downAbove(event), { signal });
    window.addEventListener('click', (event) => this.click(event), { signal, capture: true });
    on('pointermove', (event) => this.move(event));
    on('pointerup', (event) => this.up(event, true));
    on('pointercancel', (event) => this.up(event, false));
    on('keydown', (event) => this.key(event, true));
    on('keyup', (event) => this.key(event, false));
    on('blur', () => this.hold(false));
  }

  close(): void {
    this.events.abort();
    this.gesture?.gesture?.cancel();
  }

  private place(event: MouseEvent): Point {
    const { left, top } = this.element.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  private hand(screen: Point, keys: Keys): Hand {
    const at = toCanvas(useStage.getState().view, screen);
    return { at, screen, shift: keys.shiftKey, alt: keys.altKey, free: keys.ctrlKey || keys.metaKey };
  }

  private down(event: PointerEvent): void {
    const screen = this.place(event);
    if (event.pointerType === 'touch') this.pointers.set(event.pointerId, screen);
    if (this.pointers.size > 1) this.endGesture();
    const middle = event.button === 1;
    if (this.gesture || this.pointers.size > 1 || (event.button !== 0 && !middle)) return;
    if (middle) event.preventDefault(); // no automatic scrolling
    const from = this.hand(screen, event);
    this.last = from;
    if (this.space) forgetSpace();
    const pressed = toolNow(middle || this.space).press(from, hitAt(from.at));
    this.gesture = { id: event.pointerId, gesture: pressed };
    this.show(from);
  }

  private downAbove(event: PointerEvent): void {
    const over = event.target instanceof Element && event.target.closest('[data-through]');
    this.above = over && event.button === 0 ? event : null;
    this.dragged = false;
    if (event.pointerType !== 'touch' || this.element.contains(event.target as Node)) return;
    this.pointers.set(event.pointerId, this.place(event)); // a finger on a prompt, for example, can be one of two
    if (this.pointers.size > 1) this.endGesture();
  }

  /** A drag that began above the canvas is no click on what it began on. */
  private click(event: Event): void {
    if (!this.dragged) return;
    this.dragged = false;
    event.stopPropagation();
    event.preventDefault();
  }

  private move(event: PointerEvent): void {
    const { above } = this;
    const far = above && Math.hypot(event.clientX - above.clientX, event.clientY - above.clientY) > SLOP;
    if (above?.pointerId === event.pointerId && far) {
      this.above = null;
      this.dragged = true;
      this.down(above);
    }
    const screen = this.place(event);
    if (this.pointers.has(event.pointerId)) {
      const before = pinchOf([...this.pointers.values()]);
      this.pointers.set(event.pointerId, screen);
      const after = pinchOf([...this.pointers.values()]);
      if (before && after) this.pinch(before, after);
    }
    if (this.gesture?.id !== event.pointerId) return;
    this.last = this.hand(screen, event);
    this.gesture.gesture?.move(this.last);
  }

  private pinch(before: { middle: Point; apart: number }, after: { middle: Point; apart: number }): void {
    panBy({ x: after.middle.x - before.middle.x, y: after.middle.y - before.middle.y });
    zoomBy(after.apart / before.apart, after.middle);
  }

  private up(event: PointerEvent, released: boolean): void {
    this.above = null;
    setTimeout(() => {
      this.dragged = false; // the click comes before, if there is one
    });
    this.pointers.delete(event.pointerId);
    const held = this.gesture;
    if (held?.id !== event.pointerId) return;
    this.gesture = null;
    const to = this.hand(this.place(event), event);
    if (released) {
      held.gesture?.move(to);
      held.gesture?.end(to);
    } else held.gesture?.cancel();
    this.show(to);
  }

  private endGesture(): void {
    this.gesture?.gesture?.cancel();
    this.gesture = null;
    endDrag();
  }

  private hover(event: PointerEvent): void {
    if (this.gesture || event.buttons !== 0) return;
    const to = this.hand(this.place(event), event);
    this.last = to;
    toolNow(this.space).hover?.(to);
    this.show(to);
  }

  /** Show the tool's cursor over what lies under the hand. */
  private show(hand: Hand): void {
    const cursor = toolNow(this.space).cursor(hitAt(hand.at));
    this.element.style.cursor = this.gesture && cursor === 'grab' ? 'grabbing' : cursor;
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
    if (event.ctrlKey || event.metaKey) {
      const by = Math.max(-NOTCH, Math.min(NOTCH, event.deltaY * unit));
      zoomBy(Math.exp(-by * PER_PIXEL), this.place(event));
    } else panBy({ x: -event.deltaX * unit, y: -event.deltaY * unit });
  }

  private key(event: KeyboardEvent, pressed: boolean): void {
    const during = this.gesture !== null;
    if (during && pressed && event.key === 'Escape') {
      this.endGesture();
      event.preventDefault();
      event.stopPropagation();
    } else if (event.code === 'Space' && (!pressed || (!takesSpace(event.target) && !useDrag.getState().stroke))) {
      this.hold(pressed);
      if (pressed) event.preventDefault(); // no scrolling
    } else if (during && this.last && ['Shift', 'Alt', 'Control', 'Meta'].includes(event.key)) {
      this.last = this.hand(this.last.screen, event);
      this.gesture?.gesture?.move(this.last);
      if (event.key === 'Alt') event.preventDefault(); // the browser's menu
    }
  }

  private hold(space: boolean): void {
    this.space = space;
    if (this.last && !this.gesture) this.show(this.last);
  }
}
