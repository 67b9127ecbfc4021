/** What is selected in a list of ids, and where the keyboard is in it. */
export interface Selection {
  chosen: ReadonlySet<string>;
  /** The end of a range that stays when the range is extended. */
  anchor: string | null;
  /** The id that has, or gets, the focus. */
  current: string | null;
}

export const NOTHING: Selection = { chosen: new Set(), anchor: null, current: null };

/** Select one id only, or the range from the anchor to it; or add it to what is selected, or take it away. */
export function pick(
  order: readonly string[],
  now: Selection,
  id: string,
  how: 'only' | 'range' | 'toggle',
): Selection {
  if (how === 'toggle') {
    const chosen = new Set(now.chosen);
    if (!chosen.delete(id)) chosen.add(id);
    return { chosen, anchor: id, current: id };
  }
  const from = now.anchor === null ? -1 : order.indexOf(now.anchor);
  if (how === 'only' || from === -1) return { chosen: new Set([id]), anchor: id, current: id };
  const to = order.indexOf(id);
  return { chosen: new Set(order.slice(Math.min(from, to), Math.max(from, to) + 1)), anchor: now.anchor, current: id };
}

/** Move the focus by some places, not over the ends. With `extend`, the range from the anchor to the new place is
 * selected. */
export function move(order: readonly string[], now: Selection, by: number, extend: boolean): Selection {
  const at = now.current === null ? -1 : order.indexOf(now.current);
  const next = order[at === -1 ? 0 : Math.min(Math.max(at + by, 0), order.length - 1)];
  if (next === undefined) return now;
  if (!extend) return { ...now, current: next };
  return pick(order, { ...now, anchor: now.anchor ?? now.current }, next, 'range');
}

/** Forget the ids that are no longer in the list. The focus goes to the id at the place of a lost one. */
export function without(order: readonly string[], now: Selection, gone: ReadonlySet<string>): Selection {
  const left = order.filter((id) => !gone.has(id));
  const kept = (id: string | null) => (id !== null && gone.has(id) ? null : id);
  const at = now.current === null ? -1 : order.indexOf(now.current);
  const after = order.slice(at).find((id) => !gone.has(id)) ?? left.at(-1) ?? null;
  return {
    chosen: new Set([...now.chosen].filter((id) => !gone.has(id))),
    anchor: kept(now.anchor),
    current: at === -1 ? null : after,
  };
}
