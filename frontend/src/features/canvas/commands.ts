import type { Box } from '../../api/types';
import { addPatch, changePatch, duplicatePatch, removePatch, shiftPatch } from '../../document/draft';
import { edit, useDraft } from '../../document/store';
import { moveBox, type Point, resizeBox } from '../../geometry/box';
import { select, useSession } from '../../session';
import { announce } from '../../ui/announce';

const regions = () => useDraft.getState().draft.regions;
const place = ({ x, y, width, height }: Box) => `at ${x}, ${y}, ${width} by ${height}`;

/** Put a new box into the middle of the canvas. */
export function insertBox(cell: number): string {
  let id = '';
  edit((draft) => {
    const [next, added] = addPatch(draft, null, cell);
    id = added.id;
    announce(`Box ${id} added ${place(added.box)}`);
    return next;
  });
  select(id);
  return id;
}

export function deleteBox(id: string): void {
  edit((draft) => removePatch(draft, id));
  if (useSession.getState().selected === id) select(null);
  announce(`Box ${id} deleted`);
}

export function duplicateBox(id: string, cell: number): void {
  edit((draft) => {
    const [next, copy] = duplicatePatch(draft, id, cell);
    if (copy) {
      select(copy.id);
      announce(`Box ${id} duplicated as ${copy.id}`);
    }
    return next;
  });
}

/** Forward (1) is later in the list, and on top; backward is -1. */
export function restack(id: string, by: 1 | -1): void {
  edit((draft) => shiftPatch(draft, id, by));
  announce(by > 0 ? `Box ${id} brought forward` : `Box ${id} sent backward`);
}

function transform(id: string, name: string, change: (box: Box) => Box): void {
  const patch = regions().patches.find((one) => one.id === id);
  if (!patch) return;
  const box = change(patch.box);
  edit((draft) => changePatch(draft, id, { box }), `${name} ${id}`);
  announce(`Box ${id} ${place(box)}`);
}

/** Move a box by cells. */
export const nudge = (id: string, by: Point, cell: number): void =>
  transform(id, 'nudge', (box) => moveBox(box, { x: by.x * cell, y: by.y * cell }, cell, regions().canvas));

/** Grow or shrink a box at its lower right corner, by cells. */
export const stretch = (id: string, by: Point, cell: number): void =>
  transform(id, 'stretch', (box) => resizeBox(box, 'se', { x: by.x * cell, y: by.y * cell }, cell, regions().canvas));

/** Go to the next (1) or previous (-1) box. */
export function selectNext(by: 1 | -1): void {
  const { patches } = regions();
  const at = patches.findIndex((patch) => patch.id === useSession.getState().selected);
  const next = patches[at < 0 ? (by > 0 ? 0 : patches.length - 1) : (at + by + patches.length) % patches.length];
  if (!next) return;
  select(next.id);
  announce(`Box ${next.id}, ${next.prompt || 'no prompt yet'}, ${place(next.box)}`);
}
