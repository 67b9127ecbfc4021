import type { Side } from './read';

/** The picture that lies next to another one among all that are made, the newest first: the one made before it, or else the
 * one made after it. Null if there is none. A side without the name of a picture means the first one of its job. */
export function neighbourOf(side: Side | null, made: readonly Side[]): Side | null {
  if (side === null) return null;
  const at = made.findIndex(({ job, picture }) => job === side.job && (side.picture ?? picture) === picture);
  return made[at + 1] ?? made[at - 1] ?? null;
}
