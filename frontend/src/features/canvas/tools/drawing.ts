import type { Box } from '../../../api/types';
import { boxBetween, type Point } from '../../../geometry/box';
import { linesThrough, nearestLine, targetsOf } from '../../../geometry/snapping';
import { select } from '../../../session';
import { drawBox, hasMany } from '../commands';
import { endDrag, useDrag } from '../drag';
import { selectedIds, toggleSelected } from '../selection';
import { useStage } from '../stage';
import { grab, pressBox, selecting } from './selecting';
import { type Gesture, grabCursor, type Hand, type Hit, isDrag, type Tool } from './tool';

const REACH = 6; // screen pixels within which a line attracts

/** The corner opposite to the pressed one: with Shift the box is a square. */
function corner(from: Point, to: Hand): Point {
  if (!to.shift) return to.at;
  const side = Math.max(Math.abs(to.at.x - from.x), Math.abs(to.at.y - from.y));
  return { x: from.x + Math.sign(to.at.x - from.x) * side, y: from.y + Math.sign(to.at.y - from.y) * side };
}

/** The drawn box. Its edges snap to the lines of other boxes and to the grid, with Ctrl to pixels. With Alt the pressed
 * point is its middle. */
function drawnBox(from: Hand, to: Hand): Box | null {
  const { canvas, cell, boxes, view } = useStage.getState();
  const targets = targetsOf(
    boxes.map(({ box }) => box),
    canvas,
  );
  const end = corner(from.at, to);
  const begin = to.alt ? { x: 2 * from.at.x - end.x, y: 2 * from.at.y - end.y } : from.at;
  if (to.free) return boxBetween(begin, end, 1, canvas);
  const reach = REACH / view.scale;
  const snapped = ({ x, y }: Point): Point => ({
    x: nearestLine(x, targets.x, reach) ?? x,
    y: nearestLine(y, targets.y, reach) ?? y,
  });
  const box = boxBetween(snapped(begin), snapped(end), cell, canvas);
  useDrag.setState({ lines: box ? linesThrough(box, targets) : [] });
  return box;
}

/** A press without a drag selects what lies there. */
function click(from: Hand, hit: Hit | null): void {
  if (hit?.kind === 'box' && from.shift) toggleSelected(hit.id);
  else if (hit?.kind === 'box' || hit?.kind === 'anchor') select(hit.id);
  else if (hit === null && !from.shift) select(null);
}

function draw(from: Hand, clicked: () => void): Gesture {
  let dragged = false;
  return {
    move: (to) => {
      dragged ||= isDrag(from, to);
      if (dragged) useDrag.setState({ drawn: drawnBox(from, to) });
    },
    end: (to) => {
      const box = dragged ? drawnBox(from, to) : null;
      endDrag();
      if (box) drawBox(box);
      else clicked();
    },
    cancel: endDrag,
  };
}

/** True if a press on a box moves it: it is selected, or it is the only one, so that no other can be drawn over it. */
const moves = (id: string): boolean => selectedIds().includes(id) || !hasMany();

/** Draw boxes, also over other boxes. The selected box is moved and resized as with the tool that selects. */
export const drawing: Tool = {
  cursor: (hit) => {
    if (!useStage.getState().draws) return selecting.cursor(hit);
    return grabCursor(hit) ?? (hit?.kind === 'box' && moves(hit.id) ? 'move' : 'crosshair');
  },
  press: (from, hit) => {
    if (!useStage.getState().draws) return selecting.press(from, hit);
    const grabbed = grab(from, hit);
    if (grabbed) return grabbed;
    return hit?.kind === 'box' && !from.shift && moves(hit.id)
      ? pressBox(from, hit.id)
      : draw(from, () => click(from, hit));
  },
};

/** Draw the box of a guide, wherever the drag begins. */
export const placing: Tool = {
  cursor: () => 'crosshair',
  press: (from) => draw(from, () => undefined),
};
