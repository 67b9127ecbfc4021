import type { Handle, Point } from '../../../geometry/box';

/** The hand on the canvas: where it is, in canvas pixels and in screen pixels of the area, and the keys that are held. */
export interface Hand {
  at: Point;
  screen: Point;
  shift: boolean;
  alt: boolean;
  /** Ctrl or Command is held: nothing snaps. */
  free: boolean;
}

/** A thing under the hand. */
export type Hit =
  | { kind: 'handle'; handle: Handle }
  | { kind: 'joint'; at: number }
  | { kind: 'box'; id: string }
  | { kind: 'marker'; id: string }
  | { kind: 'anchor'; id: string };

/** A drag from a press to the release. `move` also follows a key that is pressed or released on the way. */
export interface Gesture {
  move: (to: Hand) => void;
  end: (to: Hand) => void;
  /** Escape, a second finger or the browser ends the drag; all is as before it. */
  cancel: () => void;
}

/** A tool: what a press on the canvas does. */
export interface Tool {
  /** The CSS cursor over a thing, or over the empty ground. */
  cursor: (hit: Hit | null) => string;
  /** Begin a drag; null if the press does nothing. */
  press: (from: Hand, hit: Hit | null) => Gesture | null;
  /** The hand moves over the canvas without a drag. */
  hover?: (to: Hand) => void;
}

const MOVES = 3; // screen pixels that a hand moves before a press becomes a drag

/** True if the hand has moved far enough for a drag. */
export const isDrag = (from: Hand, to: Hand): boolean =>
  Math.hypot(to.screen.x - from.screen.x, to.screen.y - from.screen.y) >= MOVES;

const RESIZES: Record<Handle, string> = {
  n: 'ns-resize',
  s: 'ns-resize',
  e: 'ew-resize',
  w: 'ew-resize',
  nw: 'nwse-resize',
  se: 'nwse-resize',
  ne: 'nesw-resize',
  sw: 'nesw-resize',
};

/** The cursor over something that every tool can grab; null over anything else. */
export const grabCursor = (hit: Hit | null): string | null =>
  hit?.kind === 'handle' ? RESIZES[hit.handle] : hit?.kind === 'joint' || hit?.kind === 'marker' ? 'grab' : null;
