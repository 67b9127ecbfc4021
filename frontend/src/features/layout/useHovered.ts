import { useEffect } from 'react';
import { useSession } from '../../session';

function letGo(id: string | null): void {
  if (useSession.getState().hovered === id) useSession.setState({ hovered: null });
}

/** What a row of a list listens to, so that its box is marked on the canvas while the pointer is over the row. A row that
 * goes lets go of its box, because the pointer does not leave it. */
export function useHovered(id: string | null) {
  useEffect(() => () => letGo(id), [id]);
  return { onPointerEnter: () => useSession.setState({ hovered: id }), onPointerLeave: () => letGo(id) };
}
