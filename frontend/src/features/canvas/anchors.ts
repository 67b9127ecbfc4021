import { moveAnchor, placeOfAnchor } from '../../document/anchors';
import { edit, useDraft } from '../../document/store';
import type { Point } from '../../geometry/box';
import { select, useSession } from '../../session';
import { announce } from '../../ui/announce';
import { words } from '../../words/words';
import { useStage } from './stage';

const draftNow = () => useDraft.getState().draft;

/** The ids of the prompts that can be moved along the canvas: those of a panorama with several. */
function movable(): string[] {
  const { kind, panorama } = draftNow();
  return kind === 'panorama' && panorama.anchors.length > 1 ? panorama.anchors.map(({ id }) => id) : [];
}

/** Move a prompt of a panorama to a pixel along the canvas. Edits with the same `name` are undone together. */
export function slideTo(id: string, pixel: number, name: string | null = null): void {
  edit((draft) => moveAnchor(draft, id, pixel), name);
  announce(words.anchors.movedTo(movable().indexOf(id) + 1, placeOfAnchor(draftNow(), id)));
}

/** Move the chosen prompt of a panorama by cells. Returns false if none is chosen. */
export function slideBy(by: Point): boolean {
  const { selected } = useSession.getState();
  if (selected === null || !movable().includes(selected)) return false;
  const { cell } = useStage.getState();
  const draft = draftNow();
  const way = by[draft.panorama.axis] * cell;
  if (way !== 0) slideTo(selected, placeOfAnchor(draft, selected) + way, `position ${selected}`);
  return true;
}

/** Go to the next (1) or previous (-1) prompt of a panorama. Returns false if a box is next. */
export function stepAnchor(by: 1 | -1): boolean {
  const anchors = movable();
  const stops = [...anchors, ...useStage.getState().boxes.map(({ id }) => id)];
  const from = stops.indexOf(useSession.getState().selected ?? '');
  const next = stops[from < 0 ? (by > 0 ? 0 : stops.length - 1) : (from + by + stops.length) % stops.length];
  if (next === undefined || !anchors.includes(next)) return false;
  select(next);
  const draft = draftNow();
  const { prompt = '' } = draft.panorama.anchors.find(({ id }) => id === next) ?? {};
  announce(words.anchors.chosen(anchors.indexOf(next) + 1, prompt, placeOfAnchor(draft, next)));
  return true;
}
