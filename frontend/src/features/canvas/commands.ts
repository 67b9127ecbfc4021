import type { Box } from '../../api/types';
import {
  addPatch,
  boxesOf,
  changeBox,
  changeBoxes,
  duplicatePatch,
  isBelow,
  onlyBox,
  removePatch,
  START,
  shiftPatch,
} from '../../document/boxes';
import { canvasOf, type Draft } from '../../document/draft';
import { isLocked, withFlag } from '../../document/flags';
import { isGuide, nameOfGuide } from '../../document/guide';
import { guideOf, removeGuide } from '../../document/guides';
import { redrawPart } from '../../document/start';
import { edit, useDraft } from '../../document/store';
import type { Places } from '../../geometry/arrange';
import { around, moveBox, type Point, resizeBox } from '../../geometry/box';
import { select, useSession, writeOnBox, writePrompt } from '../../session';
import { announce } from '../../ui/announce';
import { words } from '../../words/words';
import { promptOfBox } from '../prompts/promptOfBox';
import { movableBoxes, selectAll, selectedIds } from './selection';
import { useStage } from './stage';

const now = () => useDraft.getState().draft;
const cellNow = () => useStage.getState().cell;
const at = ({ x, y, width, height }: Box) => words.canvas.place(x, y, width, height);

/** The name of a box for screen readers. */
function nameOf(id: string): string {
  const guide = guideOf(now(), id);
  if (guide) return words.canvas.ofGuide(nameOfGuide(guide));
  return id === START ? words.canvas.ofStart : id;
}

/** The name of one box, or the number of several. */
export const boxNamed = ([id, ...others]: readonly string[]): string =>
  others.length > 0 ? words.canvas.boxes(others.length + 1) : words.canvas.box(nameOf(id ?? ''));

/** Lock or unlock patches and guides. */
export function setLocked(ids: readonly string[], on: boolean): void {
  edit((draft) => withFlag(draft, 'locked', ids, on));
  announce((on ? words.canvas.locked : words.canvas.unlocked)(boxNamed(ids)));
}

/** Hide or show patches and guides. A hidden one is left out of the picture. */
export function setHidden(ids: readonly string[], on: boolean): void {
  const named = boxNamed(ids);
  edit((draft) => withFlag(draft, 'hidden', ids, on));
  announce((on ? words.canvas.hidden : words.canvas.shown)(named));
}

/** True if a box cannot be changed by hand, which is then said. */
function refuses(id: string): boolean {
  if (!isLocked(now(), id)) return false;
  announce(words.canvas.isLocked(boxNamed([id])));
  return true;
}

/** True if boxes can be added and removed. Other layouts have a fixed box or none. */
export const hasMany = (): boolean => now().kind === 'regions';

/** Put a new box into the middle of the canvas, or choose the layout's only box. */
export function insertBox(cell: number): void {
  if (!hasMany()) {
    selectNext(1);
    return;
  }
  edit((draft) => {
    const [next, added] = addPatch(draft, null, cell);
    select(added.id);
    announce(words.canvas.added(words.canvas.box(added.id), at(added.box)));
    return next;
  });
}

/** Move the box of a guide to where one was drawn. */
function placeGuide(id: string, box: Box): void {
  edit((draft) => changeBox(draft, id, box));
  select(id);
  announce(words.canvas.drawn(boxNamed([id]), box.width, box.height));
}

/** True if a drag can draw a box of the draft: a new one, or the only one anew. */
export const drawsBoxes = (draft: Draft): boolean => draft.kind === 'regions' || onlyBox(draft) !== undefined;

/** Add the drawn box, or move the layout's only box there, and focus its prompt. A layout without boxes has none. */
export function drawBox(box: Box): void {
  const { guideTool } = useSession.getState();
  if (guideTool?.does === 'place') placeGuide(guideTool.guide, box);
  else if (drawsBoxes(now())) drawBoxOfLayout(box);
  useStage.setState({ justDrawn: true });
}

/** Type the prompt of a box on the box itself; the prompt of anything else in its field. */
export function openPrompt(id: string): void {
  if (promptOfBox(now(), id)) writeOnBox(id);
  else writePrompt(id);
}

function drawBoxOfLayout(box: Box): void {
  const only = onlyBox(now());
  if (only && !hasMany() && refuses(only.id)) return;
  const [next, { id }] = only && !hasMany() ? [changeBox(now(), only.id, box), only] : addPatch(now(), box, cellNow());
  edit(() => next);
  openPrompt(id);
  announce(words.canvas.drawn(boxNamed([id]), box.width, box.height));
}

/** The draft without a box. */
function without(draft: Draft, id: string): Draft {
  if (id === START) return redrawPart(draft, null);
  return isGuide(id) ? removeGuide(draft, id) : removePatch(draft, id);
}

/** Delete boxes, in one step to undo. Boxes that the layout needs and locked ones stay. */
export function deleteBoxes(ids: readonly string[]): void {
  const gone = ids.filter((id) => (hasMany() || isBelow(id)) && !refuses(id));
  if (gone.length === 0) return;
  const named = boxNamed(gone);
  edit((draft) => gone.reduce(without, draft));
  selectAll(selectedIds().filter((id) => !gone.includes(id)));
  announce(words.canvas.deleted(named));
}

export const deleteBox = (id: string): void => deleteBoxes([id]);

/** True if every one of these boxes can be copied. */
export const canCopy = (ids: readonly string[]): boolean => hasMany() && ids.length > 0 && !ids.some(isBelow);

/** Copy boxes, each to its place, in one step to undo, and select the copies. */
export function copyTo(places: Places): void {
  const copies: string[] = [];
  edit((draft) =>
    Object.entries(places).reduce((next, [id, box]) => {
      const [copied, copy] = duplicatePatch(next, id, cellNow());
      if (!copy) return next;
      copies.push(copy.id);
      return changeBox(copied, copy.id, box);
    }, draft),
  );
  selectAll(copies);
  announce(words.canvas.copyPlaced(boxNamed(copies)));
}

/** Duplicate boxes, a little to the side of them. */
export function duplicateBoxes(ids: readonly string[], cell: number): void {
  if (!canCopy(ids)) return;
  const copies: string[] = [];
  edit((draft) =>
    ids.reduce((next, id) => {
      const [copied, copy] = duplicatePatch(next, id, cell);
      if (copy) copies.push(copy.id);
      return copied;
    }, draft),
  );
  selectAll(copies);
  announce(words.canvas.duplicated(boxNamed(ids), copies));
}

export const duplicateBox = (id: string, cell: number): void => duplicateBoxes([id], cell);

/** Move a box forward (1), which is later in the list and on top, or backward (-1). */
export function restack(id: string, by: 1 | -1): void {
  if (!hasMany() || isBelow(id)) return;
  edit((draft) => shiftPatch(draft, id, by));
  announce((by > 0 ? words.canvas.broughtForward : words.canvas.sentBackward)(boxNamed([id])));
}

/** Give boxes other places, in one step to undo. Edits with the same `name` are undone together. */
export function place(places: Places, name: string | null = null): void {
  const ids = Object.keys(places);
  edit((draft) => changeBoxes(draft, places), name);
  announce(words.canvas.placed(boxNamed(ids), at(around(Object.values(places)))));
}

/** Change the places of the selected boxes. */
function transform(name: string, change: (box: Box) => Box): void {
  const boxes = movableBoxes();
  const [id = null] = selectedIds();
  if (boxes.length > 0) {
    const ids = boxes.map((one) => one.id).join(' ');
    place(Object.fromEntries(boxes.map(({ id, box }) => [id, change(box)])), `${name} ${ids}`);
  } else if (id !== null) refuses(id);
}

/** Move the selected boxes by cells. Together they stay inside the canvas. */
export function nudge({ x, y }: Point): void {
  const boxes = movableBoxes().map(({ box }) => box);
  const cell = cellNow();
  const frame = around(boxes);
  const to = moveBox(frame, { x: x * cell, y: y * cell }, cell, canvasOf(now()));
  transform('nudge', (box) => ({ ...box, x: box.x + to.x - frame.x, y: box.y + to.y - frame.y }));
}

/** Grow or shrink the selected boxes at their lower right corners, by cells. */
export const stretch = ({ x, y }: Point): void => {
  const cell = cellNow();
  transform('stretch', (box) => resizeBox(box, 'se', { x: x * cell, y: y * cell }, cell, canvasOf(now())));
};

/** Go to the next (1) or previous (-1) box. */
export function selectNext(by: 1 | -1): void {
  const boxes = boxesOf(now());
  const from = boxes.findIndex(({ id }) => id === useSession.getState().selected);
  const next = boxes[from < 0 ? (by > 0 ? 0 : boxes.length - 1) : (from + by + boxes.length) % boxes.length];
  if (!next) return;
  select(next.id);
  announce(words.canvas.chosen(boxNamed([next.id]), next.prompt || words.layers.noPrompt, at(next.box)));
}
