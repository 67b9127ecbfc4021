import type { Draft, Flags } from './draft';

type Flag = keyof Flags;

const NO_FLAGS: Flags = { locked: [], hidden: [] };

const flagsOf = (draft: Draft): Flags => draft.flags[draft.kind] ?? NO_FLAGS;

export const isLocked = (draft: Draft, id: string): boolean => flagsOf(draft).locked.includes(id);
export const isHidden = (draft: Draft, id: string): boolean => flagsOf(draft).hidden.includes(id);

/** Lock or unlock (`locked`), hide or show (`hidden`) patches and guides of the current layout. */
export function withFlag(draft: Draft, flag: Flag, ids: readonly string[], on: boolean): Draft {
  const flags = flagsOf(draft);
  const others = flags[flag].filter((id) => !ids.includes(id));
  const next = { ...flags, [flag]: on ? [...others, ...ids] : others };
  return { ...draft, flags: { ...draft.flags, [draft.kind]: next } };
}

/** Forget the flags of an id that was deleted, because the next box may get the same id. */
export function withoutFlags(draft: Draft, id: string): Draft {
  if (!isLocked(draft, id) && !isHidden(draft, id)) return draft;
  return withFlag(withFlag(draft, 'locked', [id], false), 'hidden', [id], false);
}

/** The items of a list that are not hidden. */
export const shownOf = <Item extends { id: string }>(draft: Draft, items: readonly Item[]): Item[] =>
  items.filter(({ id }) => !isHidden(draft, id));

/** The place of a patch in the job's list of patches; -1 if it is hidden, so that the job has no such patch. The places
 * of the server's faults are these. */
export const placeOfPatch = (draft: Draft, id: string): number =>
  shownOf(draft, draft.regions.patches).findIndex((patch) => patch.id === id);
