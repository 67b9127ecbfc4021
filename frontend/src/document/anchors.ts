import { LIMITS } from '../api/limits';
import { freeId } from '../geometry/colour';
import { positionsOf } from '../geometry/zones';
import { type Change, changed } from './change';
import { type Anchor, type Draft, prompted, shifted, type View } from './draft';

const ids = (items: readonly { id: string }[]) => items.map(({ id }) => id);

type Positions = readonly number[];

const withAnchors = (draft: Draft, change: (anchors: Anchor[]) => Anchor[], positions?: Positions): Draft => {
  const { panorama } = draft;
  const anchors = change(panorama.anchors);
  const placed = positions ?? panorama.positions;
  return { ...draft, panorama: { ...panorama, anchors, positions: placed && anchors.length > 1 ? [...placed] : null } };
};

/** The length of a panorama along its axis, in pixels. */
const lengthOf = ({ panorama: { axis, canvas } }: Draft): number => (axis === 'x' ? canvas.width : canvas.height);

/** The positions of a panorama's prompts as fractions of its length: its own, or spread evenly. */
export const anchorPositions = ({ panorama: { anchors, positions = null } }: Draft): Positions =>
  positionsOf({ count: anchors.length, positions });

/** The place of a prompt, in pixels along the canvas. */
export const placeOfAnchor = (draft: Draft, id: string): number =>
  Math.round((anchorPositions(draft)[ids(draft.panorama.anchors).indexOf(id)] ?? 0) * lengthOf(draft));

/** The first and the last pixel where a prompt can lie, between its neighbours. */
export function rangeOfAnchor(draft: Draft, id: string): { min: number; max: number } {
  const length = lengthOf(draft);
  const index = ids(draft.panorama.anchors).indexOf(id);
  const positions = anchorPositions(draft);
  const [before, after] = [positions[index - 1], positions[index + 1]];
  return {
    min: before === undefined ? 0 : Math.floor(before * length) + 1,
    max: after === undefined ? length : Math.ceil(after * length) - 1,
  };
}

const DIGITS = 6; // of a position, fine enough for every pixel

/** Move a prompt to a pixel along the canvas, but never past its neighbours. All prompts then have positions. */
export function moveAnchor(draft: Draft, id: string, pixel: number): Draft {
  const { min, max } = rangeOfAnchor(draft, id);
  if (max < min) return draft;
  const place = Number((Math.min(max, Math.max(min, pixel)) / lengthOf(draft)).toFixed(DIGITS));
  const { anchors } = draft.panorama;
  const positions = anchorPositions(draft).map((now, index) => (anchors[index]?.id === id ? place : now));
  return withAnchors(draft, (all) => all, positions);
}

/** Spread the prompts evenly. */
export const spreadAnchors = (draft: Draft): Draft => ({ ...draft, panorama: { ...draft.panorama, positions: null } });

/** The positions with one more at the end: between the last one and the edge, or else the last two make room. */
function extended(positions: Positions, pixel: number): Positions {
  const last = positions.at(-1) ?? 0;
  if (1 - last >= 2 * pixel) return [...positions, (last + 1) / 2];
  return [...positions.slice(0, -1), ((positions.at(-2) ?? 0) + last) / 2, last];
}

export function addAnchor(draft: Draft): [Draft, Anchor] {
  const added = { id: freeId('a', ids(draft.panorama.anchors)), ...prompted() };
  const { positions } = draft.panorama;
  const placed = positions ? extended(positions, 1 / lengthOf(draft)) : undefined;
  return [withAnchors(draft, (all) => [...all, added], placed), added];
}

export const changeAnchor = (draft: Draft, id: string, change: Change<Anchor>): Draft =>
  withAnchors(draft, (all) => all.map((one) => (one.id === id ? changed(one, change) : one)));

export function removeAnchor(draft: Draft, id: string): Draft {
  const { anchors, positions } = draft.panorama;
  if (anchors.length === 1) return draft;
  const placed = positions?.filter((_, index) => anchors[index]?.id !== id);
  return withAnchors(draft, (all) => all.filter((one) => one.id !== id), placed);
}

/** Move a prompt among the others. The positions stay, and the prompts change places. */
export const shiftAnchor = (draft: Draft, id: string, by: number): Draft =>
  withAnchors(draft, (all) => shifted(all, id, by));

const withViews = (draft: Draft, change: (views: View[]) => View[]): Draft => ({
  ...draft,
  illusion: { ...draft.illusion, views: change(draft.illusion.views) },
});

const TRANSFORMS = ['identity', 'rotate_180', 'flip_x', 'rotate_90', 'flip_y', 'rotate_270'] as const;

/** Add a view to an illusion, with a transform that no other view has. */
export function addView(draft: Draft): [Draft, View] {
  const { views } = draft.illusion;
  const transform = TRANSFORMS.find((one) => views.every((view) => view.transform !== one)) ?? 'identity';
  const added = { id: freeId('v', ids(views)), transform, ...prompted() };
  return [withViews(draft, (all) => [...all, added]), added];
}

export const changeView = (draft: Draft, id: string, change: Change<View>): Draft =>
  withViews(draft, (all) => all.map((one) => (one.id === id ? changed(one, change) : one)));

/** Remove a view. An illusion keeps at least two. */
export const removeView = (draft: Draft, id: string): Draft =>
  withViews(draft, (all) => (all.length > LIMITS.Illusion.views.fewest ? all.filter((one) => one.id !== id) : all));
