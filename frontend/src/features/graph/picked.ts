import { create } from 'zustand';
import { select } from '../../session';
import type { Seen } from './seen';

/** The node that was chosen last in the graph view. */
export const usePicked = create<{ id: string | null }>(() => ({ id: null }));

/** Choose a node, and the patch, part or prompt that it belongs to. */
export function pick(node: Pick<Seen, 'id' | 'owner'> | null): void {
  usePicked.setState({ id: node?.id ?? null });
  select(node?.owner ?? null);
}

/** The chosen node. If another patch was chosen since, on the canvas or in a panel, it is the first node of that patch. */
export function pickedOf(nodes: readonly Seen[], id: string | null, selected: string | null): Seen | undefined {
  const own = nodes.find((node) => node.id === id);
  if (selected === null) return own?.owner === null ? own : undefined;
  if (own?.owner === selected) return own;
  return nodes.find(({ owner }) => owner === selected) ?? (own?.owner === null ? own : undefined);
}
