import { anchorPositions, moveAnchor, placeOfAnchor } from '../../../document/anchors';
import { useDraft } from '../../../document/store';
import { select } from '../../../session';
import { slideTo } from '../anchors';
import { endDrag, useDrag } from '../drag';
import { useStage } from '../stage';
import { type Gesture, type Hand, isDrag } from './tool';

/** Move a prompt of a panorama along the canvas, by cells, with Ctrl by pixels. */
export function sliding(from: Hand, id: string): Gesture {
  const { draft } = useDraft.getState();
  const { axis } = draft.panorama;
  const { cell } = useStage.getState();
  const start = placeOfAnchor(draft, id);
  let place: number | null = null;
  select(id);
  return {
    move: (to) => {
      if (place === null && !isDrag(from, to)) return;
      const step = to.free ? 1 : cell;
      place = Math.round((start + to.at[axis] - from.at[axis]) / step) * step;
      useDrag.setState({ positions: anchorPositions(moveAnchor(draft, id, place)) });
    },
    end: () => {
      endDrag();
      if (place !== null) slideTo(id, place);
    },
    cancel: endDrag,
  };
}
