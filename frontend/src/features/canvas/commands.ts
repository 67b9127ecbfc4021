import type { Box } from '../../api/types';
import {
  addPatch,
  boxesOf,
  changeBox,
  duplicatePatch,
  isBelow,
  onlyBox,
  removePatch,
  START,
  shiftPatch,
} from '../../document/boxes';
import { canvasOf } from '../../document/draft';
import { isLocked, withFlag } from '../../document/flags';
import { isGuide, nameOfGuide } from '../../document/guide';
import { guideOf, removeGuide } from '../../document/guides';
import { redrawPart } from '../../document/start';
import { edit, useDraft } from '../../document/store';
import { moveBox, type Point, resizeBox } from '../../geometry/box';
import { select, useSession, writeOnBox, writePrompt } from '../../session';
import { announce } from '../../ui/announce';
import { words } from '../../words/words';
import { promptOfBox } from '../prompts/promptOfBox';

const now = () => useDraft.getState().draft;
const place = ({ x, y, width, height }: Box) => `at ${x}, ${y}, ${width} by ${height}`;

/** The name of a box for screen readers. */
function nameOf(id: string): string {
  const guide = guideOf(now(), id);
  if (guide) return `of ${nameOfGuide(guide)}`;
  return id === START ? 'of the start' : id;
}

/** Lock or unlock patches and guides. */
export function setLocked(ids: readonly string[], on: boolean): void {
  edit((draft) => withFlag(draft, 'locked', ids, on));
  announce((on ? words.canvas.locked : words.canvas.unlocked)(boxNamed(ids)));
}

/** Hide or show patches and guides. A hidden one is left out of the picture. */
export function setHidden(ids: readonly string[], on: boolean): void {
  edit((draft) => withFlag(draft, 'hidden', ids, on));
  announce((on ? words.canvas.hidden : words.canvas.shown)(boxNamed(ids)));
}

const boxNamed = ([id, ...others]: readonly string[]) =>
  others.length > 0 ? `${others.length + 1} boxes` : `Box ${nameOf(id ?? '')}`;

/** True if a box cannot be changed by hand, which is then said. */
function refuses(id: string): boolean {
  if (!isLocked(now(), id)) return false;
  announce(words.canvas.isLocked(`Box ${nameOf(id)}`));
  return true;
}

/** True if boxes can be added and removed. Other layouts have a fixed box or none. */
const hasMany = () => now().kind === 'regions';

/** Put a new box into the middle of the canvas, or choose the layout's only box. */
export function insertBox(cell: number): void {
  if (!hasMany()) {
    selectNext(1);
    return;
  }
  edit((draft) => {
    const [next, added] = addPatch(draft, null, cell);
    select(added.id);
    announce(`Box ${added.id} added ${place(added.box)}`);
    return next;
  });
}

/** Move the box of a guide to where one was drawn. */
function placeGuide(id: string, box: Box): void {
  edit((draft) => changeBox(draft, id, box));
  select(id);
  announce(`Box ${nameOf(id)} drawn, ${box.width} by ${box.height} pixels`);
}

/** Add the drawn box, or move the layout's only box there, and focus its prompt. A layout without boxes has none. */
export function drawBox(box: Box, cell: number): void {
  const { guideTool } = useSession.getState();
  if (guideTool?.does === 'place') placeGuide(guideTool.guide, box);
  else if (hasMany() || onlyBox(now())) drawBoxOfLayout(box, cell);
  useSession.setState({ drawing: false });
}

/** Type the prompt of a box on the box itself; the prompt of anything else in its field. */
export function openPrompt(id: string): void {
  if (promptOfBox(now(), id)) writeOnBox(id);
  else writePrompt(id);
}

function drawBoxOfLayout(box: Box, cell: number): void {
  const only = onlyBox(now());
  const [next, { id }] = only && !hasMany() ? [changeBox(now(), only.id, box), only] : addPatch(now(), box, cell);
  edit(() => next);
  openPrompt(id);
  announce(`Box ${nameOf(id)} drawn, ${box.width} by ${box.height} pixels`);
}

export function deleteBox(id: string): void {
  if ((!hasMany() && !isBelow(id)) || refuses(id)) return;
  const name = nameOf(id);
  edit((draft) => {
    if (id === START) return redrawPart(draft, null);
    return isGuide(id) ? removeGuide(draft, id) : removePatch(draft, id);
  });
  if (useSession.getState().selected === id) select(null);
  announce(`Box ${name} deleted`);
}

export function duplicateBox(id: string, cell: number): void {
  if (!hasMany() || isBelow(id)) return;
  edit((draft) => {
    const [next, copy] = duplicatePatch(draft, id, cell);
    if (copy) {
      select(copy.id);
      announce(`Box ${id} duplicated as ${copy.id}`);
    }
    return next;
  });
}

/** Move a box forward (1), which is later in the list and on top, or backward (-1). */
export function restack(id: string, by: 1 | -1): void {
  if (!hasMany() || isBelow(id)) return;
  edit((draft) => shiftPatch(draft, id, by));
  announce(by > 0 ? `Box ${id} brought forward` : `Box ${id} sent backward`);
}

function transform(id: string, name: string, change: (box: Box) => Box): void {
  const drawn = boxesOf(now()).find((one) => one.id === id);
  if (!drawn || refuses(id)) return;
  const box = change(drawn.box);
  edit((draft) => changeBox(draft, id, box), `${name} ${id}`);
  announce(`Box ${nameOf(id)} ${place(box)}`);
}

/** Move a box by cells. */
export const nudge = (id: string, by: Point, cell: number): void =>
  transform(id, 'nudge', (box) => moveBox(box, { x: by.x * cell, y: by.y * cell }, cell, canvasOf(now())));

/** Grow or shrink a box at its lower right corner, by cells. */
export const stretch = (id: string, by: Point, cell: number): void =>
  transform(id, 'stretch', (box) => resizeBox(box, 'se', { x: by.x * cell, y: by.y * cell }, cell, canvasOf(now())));

/** Go to the next (1) or previous (-1) box. */
export function selectNext(by: 1 | -1): void {
  const boxes = boxesOf(now());
  const at = boxes.findIndex(({ id }) => id === useSession.getState().selected);
  const next = boxes[at < 0 ? (by > 0 ? 0 : boxes.length - 1) : (at + by + boxes.length) % boxes.length];
  if (!next) return;
  select(next.id);
  announce(`Box ${nameOf(next.id)}, ${next.prompt || 'no prompt yet'}, ${place(next.box)}`);
}
