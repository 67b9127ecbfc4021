import { LIMITS } from '../api/limits';
import { freeId } from '../geometry/colour';
import { type Anchor, type Draft, prompted, shifted, type View } from './draft';

const ids = (items: readonly { id: string }[]) => items.map(({ id }) => id);

const withAnchors = (draft: Draft, change: (anchors: Anchor[]) => Anchor[]): Draft => ({
  ...draft,
  panorama: { ...draft.panorama, anchors: change(draft.panorama.anchors) },
});

export function addAnchor(draft: Draft): [Draft, Anchor] {
  const added = { id: freeId('a', ids(draft.panorama.anchors)), ...prompted() };
  return [withAnchors(draft, (all) => [...all, added]), added];
}

export const changeAnchor = (draft: Draft, id: string, change: Partial<Anchor>): Draft =>
  withAnchors(draft, (all) => all.map((one) => (one.id === id ? { ...one, ...change } : one)));

export const removeAnchor = (draft: Draft, id: string): Draft =>
  withAnchors(draft, (all) => (all.length > 1 ? all.filter((one) => one.id !== id) : all));

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

export const changeView = (draft: Draft, id: string, change: Partial<View>): Draft =>
  withViews(draft, (all) => all.map((one) => (one.id === id ? { ...one, ...change } : one)));

/** Remove a view. An illusion keeps at least two. */
export const removeView = (draft: Draft, id: string): Draft =>
  withViews(draft, (all) => (all.length > LIMITS.Illusion.views.fewest ? all.filter((one) => one.id !== id) : all));
