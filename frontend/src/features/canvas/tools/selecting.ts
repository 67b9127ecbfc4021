import { meet } from '../../../geometry/box';
import { select } from '../../../session';
import { endDrag, useDrag } from '../drag';
import { selectAll, selectedIds, toggleSelected } from '../selection';
import { useStage } from '../stage';
import { bending, moving, resizing } from './moving';
import { sliding } from './sliding';
import { type Gesture, grabCursor, type Hand, type Hit, isDrag, type Tool } from './tool';

/** Drag a frame that selects every box which it touches. With Shift they are added to the selection. */
function framing(from: Hand): Gesture {
  const before = from.shift ? selectedIds() : [];
  return {
    move: (to) => {
      const [x, y] = [Math.min(from.at.x, to.at.x), Math.min(from.at.y, to.at.y)];
      const marquee = { x, y, width: Math.abs(to.at.x - from.at.x), height: Math.abs(to.at.y - from.at.y) };
      if (isDrag(from, to) || useDrag.getState().marquee) useDrag.setState({ marquee });
    },
    end: () => {
      const { marquee } = useDrag.getState();
      endDrag();
      const touched = marquee ? useStage.getState().boxes.filter(({ box }) => meet(box, marquee)) : [];
      const ids = touched.map(({ id }) => id).filter((id) => !before.includes(id));
      if (marquee || !from.shift) selectAll([...before, ...ids]);
    },
    cancel: endDrag,
  };
}

/** Begin to resize, slide or bend what is grabbed; null if nothing that can be grabbed is under the hand. */
export function grab(from: Hand, hit: Hit | null): Gesture | null {
  if (hit?.kind === 'handle') return resizing(from, hit.handle);
  if (hit?.kind === 'marker') return sliding(from, hit.id);
  return hit?.kind === 'joint' ? bending(from, hit.at) : null;
}

/** Press on a box: it is selected and moved. If it is one of several, all are moved, and a click selects it alone. */
export function pressBox(from: Hand, id: string): Gesture | null {
  const several = selectedIds().length > 1;
  if (from.shift) toggleSelected(id);
  else if (!selectedIds().includes(id)) select(id);
  else if (several) return moving(from, () => select(id));
  return selectedIds().includes(id) ? moving(from) : null;
}

/** Select, move and resize boxes. A drag over the empty ground selects what its frame touches. */
export const selecting: Tool = {
  cursor: (hit) => grabCursor(hit) ?? (hit?.kind === 'box' ? 'move' : 'default'),
  press: (from, hit) => {
    const grabbed = grab(from, hit);
    if (grabbed) return grabbed;
    if (hit?.kind === 'box') return pressBox(from, hit.id);
    if (hit?.kind === 'anchor') select(hit.id);
    return hit === null ? framing(from) : null;
  },
};
