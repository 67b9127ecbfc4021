import { isBelow, orderPatches } from '../../document/boxes';
import { isHidden, isLocked } from '../../document/flags';
import { edit, useDraft } from '../../document/store';
import { type Alignment, aligned, distributed, type Places } from '../../geometry/arrange';
import { announce } from '../../ui/announce';
import { words } from '../../words/words';
import { boxNamed, deleteBoxes, duplicateBoxes, hasMany, place, setHidden, setLocked } from './commands';
import { movableBoxes, selectedIds } from './selection';
import { useStage } from './stage';

const cellNow = () => useStage.getState().cell;

/** Give the selected boxes new places, unless all of them lie there already. */
function arrange(places: Places): void {
  if (movableBoxes().some(({ id, box }) => places[id]?.x !== box.x || places[id]?.y !== box.y)) place(places);
}

export const alignSelection = (at: Alignment): void => arrange(aligned(movableBoxes(), at, cellNow()));
export const distributeSelection = (axis: 'x' | 'y'): void => arrange(distributed(movableBoxes(), axis, cellNow()));

/** Move the selected patches one place forward (1) or backward (-1) in their list, or to its `end`. */
export function orderSelection(by: 1 | -1, end = false): void {
  const ids = selectedIds().filter((id) => !isBelow(id));
  if (!hasMany() || ids.length === 0) return;
  edit((draft) => orderPatches(draft, ids, by, end));
  announce((by > 0 ? words.canvas.broughtForward : words.canvas.sentBackward)(boxNamed(ids)));
}

export const duplicateSelection = (): void => duplicateBoxes(selectedIds(), cellNow());
export const deleteSelection = (): void => deleteBoxes(selectedIds());

/** Lock the selected boxes, or unlock them if all are locked. */
export function toggleLock(): void {
  const { draft } = useDraft.getState();
  const ids = selectedIds();
  if (ids.length > 0) setLocked(ids, !ids.every((id) => isLocked(draft, id)));
}

/** Hide the selected boxes, or show them if all are hidden. */
export function toggleHidden(): void {
  const { draft } = useDraft.getState();
  const ids = selectedIds();
  if (ids.length > 0) setHidden(ids, !ids.every((id) => isHidden(draft, id)));
}
