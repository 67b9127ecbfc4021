import type { Box, Canvas, SnappedBox } from '../api/types';
import { fitBox, isInside, newBox } from '../geometry/box';
import { freeId, hexOf } from '../geometry/colour';
import { words } from '../words/words';
import { type Change, changed } from './change';
import { canvasOf, type Draft, type DraftPatch, type DraftStart, prompted, shifted } from './draft';
import { shownOf, withoutFlags } from './flags';
import { type Guide, isGuide, nameOfGuide } from './guide';
import { changeGuide, guidesOf } from './guides';
import { follows, headAt, NOSE, poseOf, standing, stands } from './pose';
import { frameOf, isPainted, type Shape } from './shape';
import { changeStart, type Part } from './start';

/** A box on the canvas, of any meaning, or the frame of a mask. A mask has a `shape`, and cannot be moved by hand. */
export interface Drawn {
  id: string;
  prompt: string;
  box: Box;
  feather: number;
  shape: Shape | null;
  /** The colour that fills the box; the colour of its frame if there is none. */
  paint?: string;
}

/** The ids of boxes of which a layout has exactly one. */
export const OBJECT = 'object';
export const HEAD = 'head';
/** The id of the box that is redrawn in the start picture. No patch can have this id. */
export const START = '~start';

/** The box of a patch stays the same object as long as the patch does, so that only a changed one is drawn again. */
const DRAWN = new WeakMap<DraftPatch, Drawn>();

/** Only the server knows where a mask lies. It says so in `snapped`. */
function drawnPatch(patch: DraftPatch, canvas: Canvas, snapped: readonly SnappedBox[]): Drawn[] {
  const { id, prompt, box, feather, mask, strokes } = patch;
  if (box && !isPainted(patch)) {
    const known = DRAWN.get(patch) ?? { id, prompt, box, feather, shape: null };
    DRAWN.set(patch, known);
    return [known];
  }
  const frame = snapped.find((one) => one.id === id)?.box ?? (isPainted(patch) && frameOf(patch, canvas));
  return frame ? [{ id, prompt, box: frame, feather: 0, shape: { box, mask, strokes } }] : [];
}

function drawnStart(start: DraftStart | null): Drawn[] {
  if (!start?.box || isPainted(start)) return [];
  const inside = start.keep === 'inside';
  const prompt = inside ? words.canvas.keptAsIs : words.canvas.redrawn;
  return [{ id: START, prompt, box: start.box, feather: inside ? 0 : start.feather, shape: null }];
}

/** The box of a guide; none if the guide has no box. */
function drawnGuide(guide: Guide): Drawn[] {
  const { id, box } = guide;
  if (!box) return [];
  const paint = guide.kind === 'palette' ? { paint: hexOf(guide.colour) } : {};
  return [{ id, prompt: nameOfGuide(guide), box, feather: 0, shape: null, ...paint }];
}

/** True if a box lies below those of the layout: that of the start, or of a guide. */
export const isBelow = (id: string): boolean => id === START || isGuide(id);

/** The boxes of the current layout, of the start and of the guides, the topmost last. Hidden ones are left out. */
export const boxesOf = (draft: Draft, snapped: readonly SnappedBox[] = []): Drawn[] => [
  ...drawnStart(draft.start),
  ...shownOf(draft, guidesOf(draft)).flatMap(drawnGuide),
  ...boxesOfLayout(draft, snapped),
];

/** The box that drawing on the canvas replaces, if there is only one: the layout's, or else the start's. */
export const onlyBox = (draft: Draft): Drawn | undefined => boxesOfLayout(draft)[0] ?? drawnStart(draft.start)[0];

function boxesOfLayout(draft: Draft, snapped: readonly SnappedBox[] = []): Drawn[] {
  const { kind, regions, scene, portrait } = draft;
  if (kind === 'regions')
    return shownOf(draft, regions.patches).flatMap((patch) => drawnPatch(patch, regions.canvas, snapped));
  if (kind === 'scene') {
    return [{ id: OBJECT, prompt: scene.object.prompt, box: scene.box, feather: scene.soft, shape: null }];
  }
  if (kind !== 'portrait') return [];
  const { box, prompt, feather } = portrait.head;
  return [{ id: HEAD, prompt, box, feather, shape: null }];
}

/** The chosen box or mask as a part of a picture; null if none is chosen, if strokes are not part of the mask yet, or if
 * the picture has another size. */
export function partOf(
  draft: Draft,
  selected: string | null,
  { width, height }: Pick<Canvas, 'width' | 'height'>,
): Part | null {
  const canvas = canvasOf(draft);
  if (canvas.width !== width || canvas.height !== height) return null;
  const patch = draft.kind === 'regions' ? draft.regions.patches.find(({ id }) => id === selected) : undefined;
  if (patch && isPainted(patch)) return null;
  if (patch?.mask) return { mask: patch.mask };
  const box = boxesOf(draft).find(({ id }) => id === selected)?.box;
  return box ? { box } : null;
}

/** Move the head. A figure in the standing pose moves with it. */
function withHead(draft: Draft, box: Box): Draft {
  const { body, head } = draft.portrait;
  const pose = poseOf(body);
  const moved = pose && stands(pose, head.box) ? { ...body, control: { ...pose, joints: standing(box).joints } } : body;
  return { ...draft, portrait: { ...draft.portrait, body: moved, head: { ...head, box } } };
}

/** Move one joint of the portrait's pose. The head's box follows the nose, until the visitor moves it away from there. */
export function moveJoint(draft: Draft, at: number, to: [number, number]): Draft {
  const { canvas, body, head } = draft.portrait;
  const pose = poseOf(body);
  if (!pose) return draft;
  const joints = pose.joints.map((joint, index) => (index === at ? to : joint));
  const moved = at === NOSE && follows(pose, head.box) ? { ...head, box: headAt(head.box, to, canvas) } : head;
  return { ...draft, portrait: { canvas, body: { ...body, control: { ...pose, joints } }, head: moved } };
}

/** Set the position and size of one box. */
export function changeBox(draft: Draft, id: string, box: Box): Draft {
  if (id === START) return changeStart(draft, { box });
  if (isGuide(id)) return changeGuide(draft, id, { box });
  if (draft.kind === 'scene') return { ...draft, scene: { ...draft.scene, box } };
  if (draft.kind === 'portrait') return withHead(draft, box);
  return changePatch(draft, id, { box });
}

/** Set the positions and sizes of several boxes, by their ids. */
export const changeBoxes = (draft: Draft, places: Readonly<Record<string, Box>>): Draft =>
  Object.entries(places).reduce((next, [id, box]) => changeBox(next, id, box), draft);

/** The boxes that reach beyond the canvas after it became smaller. They stay as they are until the visitor moves them
 * inside. */
export const outsiders = (draft: Draft): Drawn[] => boxesOf(draft).filter(({ box }) => !isInside(box, canvasOf(draft)));

export const bringInside = (draft: Draft): Draft =>
  outsiders(draft).reduce((now, { id, box }) => changeBox(now, id, fitBox(box, canvasOf(draft))), draft);

const withPatches = (draft: Draft, change: (patches: DraftPatch[]) => DraftPatch[]): Draft => ({
  ...draft,
  regions: { ...draft.regions, patches: change(draft.regions.patches) },
});

/** The id that the next patch gets. */
export const freePatch = ({ regions }: Draft): string =>
  freeId(
    'p',
    regions.patches.map((patch) => patch.id),
  );

export function addPatch(draft: Draft, box: Box | null, cell: number): [Draft, DraftPatch & { box: Box }] {
  const { canvas, patches } = draft.regions;
  const where = box ?? newBox(canvas, cell, patches.length);
  const patch = { id: freePatch(draft), box: where, ...prompted(), weight: 1, feather: 2 * cell };
  return [withPatches(draft, (all) => [...all, patch]), patch];
}

export const changePatch = (draft: Draft, id: string, change: Change<DraftPatch>): Draft =>
  withPatches(draft, (all) => all.map((patch) => (patch.id === id ? changed(patch, change) : patch)));

export const removePatch = (draft: Draft, id: string): Draft =>
  withPatches(withoutFlags(draft, id), (all) => all.filter((patch) => patch.id !== id));

export function duplicatePatch(draft: Draft, id: string, cell: number): [Draft, DraftPatch | null] {
  const { canvas, patches } = draft.regions;
  const original = patches.find((patch) => patch.id === id);
  if (!original) return [draft, null];
  const { box = null } = original;
  const moved = box && fitBox({ ...box, x: box.x + 2 * cell, y: box.y + 2 * cell }, canvas);
  const aside = isPainted(original) ? box : moved; // strokes stay where they are
  const copy = { ...original, id: freePatch(draft), box: aside };
  return [withPatches(draft, (all) => [...all, copy]), copy];
}

/** Move patches one place later (1) or earlier (-1) in their list, or to its `end`. Among themselves they keep their
 * order. */
export function orderPatches(draft: Draft, ids: readonly string[], by: 1 | -1, end: boolean): Draft {
  return withPatches(draft, (all) => {
    const [moved, others] = [true, false].map((is) => all.filter(({ id }) => ids.includes(id) === is));
    if (!moved || !others) return all;
    const edge = by > 0 ? all.findLastIndex(({ id }) => ids.includes(id)) : all.findIndex(({ id }) => ids.includes(id));
    const below = all.slice(0, edge).filter(({ id }) => !ids.includes(id)).length;
    const to = end ? (by > 0 ? others.length : 0) : Math.min(others.length, Math.max(0, below + by));
    return [...others.slice(0, to), ...moved, ...others.slice(to)];
  });
}

export const shiftPatch = (draft: Draft, id: string, by: number): Draft =>
  withPatches(draft, (all) => shifted(all, id, by));
