import type { Box } from '../../../api/types';
import { moveJoint } from '../../../document/boxes';
import { edit } from '../../../document/store';
import type { Places } from '../../../geometry/arrange';
import { around, clampedMove, type Handle, type Point } from '../../../geometry/box';
import { resizedBox, resizedWith } from '../../../geometry/resize';
import { linesThrough, snappedMove, targetsOf } from '../../../geometry/snapping';
import { canCopy, copyTo, place } from '../commands';
import { endDrag, useDrag } from '../drag';
import { movableBoxes } from '../selection';
import { useStage } from '../stage';
import { type Gesture, type Hand, isDrag } from './tool';

const REACH = 6; // screen pixels within which a line attracts

const wayOf = (from: Hand, to: Hand): Point => ({ x: to.at.x - from.at.x, y: to.at.y - from.at.y });
const straight = ({ x, y }: Point): Point => (Math.abs(x) > Math.abs(y) ? { x, y: 0 } : { x: 0, y });

/** The lines of the boxes that stay, and how far they attract. */
function linesBeside(ids: readonly string[]) {
  const { boxes, canvas, cell, view } = useStage.getState();
  const others = boxes.filter(({ id }) => !ids.includes(id)).map(({ box }) => box);
  return { targets: targetsOf(others, canvas), reach: REACH / view.scale, cell, canvas };
}

interface Change {
  /** The frame around the boxes at the hand's place. */
  frame: (to: Hand) => Box;
  places: (frame: Box) => Places;
  copies: (to: Hand) => boolean;
  /** Runs if the hand was pressed and released without a drag. */
  clicked?: () => void;
}

/** A drag that gives the boxes `ids` other places. The draft changes when the hand lets go. */
function changing(from: Hand, ids: readonly string[], change: Change): Gesture {
  const { targets } = linesBeside(ids);
  let moved = false;
  return {
    move: (to) => {
      moved ||= isDrag(from, to);
      if (!moved) return;
      const frame = change.frame(to);
      const lines = to.free ? [] : linesThrough(frame, targets);
      useDrag.setState({ places: change.places(frame), moving: ids, copies: change.copies(to), lines });
    },
    end: () => {
      const { places, copies } = useDrag.getState();
      endDrag();
      if (!moved || !places) change.clicked?.();
      else if (copies) copyTo(places);
      else place(places);
    },
    cancel: endDrag,
  };
}

/** Move the selected boxes. Shift keeps to one direction, Alt places copies, Ctrl suspends snapping. */
export function moving(from: Hand, clicked?: () => void): Gesture | null {
  const boxes = movableBoxes();
  if (boxes.length === 0) return null;
  const ids = boxes.map(({ id }) => id);
  const start = around(boxes.map(({ box }) => box));
  const lines = linesBeside(ids);
  return changing(from, ids, {
    frame: (to) => {
      const way = to.shift ? straight(wayOf(from, to)) : wayOf(from, to);
      const by = to.free ? clampedMove(start, way, lines.canvas) : snappedMove(start, way, lines);
      return { ...start, x: start.x + by.x, y: start.y + by.y };
    },
    places: ({ x, y }) =>
      Object.fromEntries(boxes.map(({ id, box }) => [id, { ...box, x: box.x + x - start.x, y: box.y + y - start.y }])),
    copies: (to) => to.alt && canCopy(ids),
    ...(clicked && { clicked }),
  });
}

/** Resize the selected boxes. Shift keeps proportion, Alt resizes from the centre, Ctrl suspends snapping. */
export function resizing(from: Hand, handle: Handle): Gesture | null {
  const boxes = movableBoxes();
  if (boxes.length === 0) return null;
  const ids = boxes.map(({ id }) => id);
  const start = around(boxes.map(({ box }) => box));
  const lines = linesBeside(ids);
  let free = false;
  return changing(from, ids, {
    frame: (to) => {
      free = to.free;
      const rules = { handle, proportion: to.shift, centre: to.alt, free };
      return resizedBox(start, wayOf(from, to), { ...rules, ...lines });
    },
    places: (frame) =>
      Object.fromEntries(
        boxes.map(({ id, box }) => [id, boxes.length === 1 ? frame : resizedWith(box, start, frame, lines.cell, free)]),
      ),
    copies: () => false,
  });
}

/** Move a joint of a figure. */
export function bending(from: Hand, at: number): Gesture {
  let to: [number, number] | null = null;
  return {
    move: (hand) => {
      if (!to && !isDrag(from, hand)) return;
      to = [Math.round(hand.at.x), Math.round(hand.at.y)];
      useDrag.setState({ joint: { at, to } });
    },
    end: () => {
      const place = to;
      endDrag();
      if (place) edit((draft) => moveJoint(draft, at, place));
    },
    cancel: endDrag,
  };
}
