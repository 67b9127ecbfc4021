import { boxesOf, type Drawn } from '../../document/boxes';
import { isLocked } from '../../document/flags';
import { useDraft } from '../../document/store';
import { select, useSession } from '../../session';

/** The ids that are selected: the primary one first. */
export function selectedIds(): readonly string[] {
  const { selected, alsoSelected } = useSession.getState();
  return selected === null ? [] : [selected, ...alsoSelected];
}

/** The selected boxes that can be moved by hand, in their order on the canvas: a mask and a locked box cannot. */
export function movableBoxes(): Drawn[] {
  const { draft } = useDraft.getState();
  const ids = selectedIds();
  return boxesOf(draft).filter(({ id, shape }) => ids.includes(id) && !shape && !isLocked(draft, id));
}

/** Select several boxes; the first becomes the primary one. */
export function selectAll(ids: readonly string[]): void {
  const [first = null, ...others] = ids;
  select(first);
  useSession.setState({ alsoSelected: others });
}

/** Add a box to the selection, or take it out. */
export function toggleSelected(id: string): void {
  const ids = selectedIds();
  selectAll(ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id]);
}

/** Select every box of the layout that is not locked, or, if there is none, the boxes of the start and the guides. */
export function selectEverything(): void {
  const { draft } = useDraft.getState();
  const free = boxesOf(draft).filter(({ id }) => !isLocked(draft, id));
  const own = free.filter(({ id }) => !id.startsWith('~'));
  selectAll((own.length > 0 ? own : free).map(({ id }) => id));
}
