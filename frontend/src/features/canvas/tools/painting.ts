import { lengthened } from '../../../geometry/strokes';
import { useBrush } from '../../painting/brush';
import { paint, refusesPaint, strokeAlong } from '../../painting/target';
import { endDrag, useDrag } from '../drag';
import { useStage } from '../stage';
import type { Hand, Tool } from './tool';

const APART = 2; // screen pixels between the points of a stroke

/** The points of a line with one more, unless it is close to the last one. */
export const drawnOn = (points: readonly number[], { at }: Hand): readonly number[] =>
  lengthened(points, at, APART / useStage.getState().view.scale);

/** Let the brush follow the pointer instead of the keys. */
export function follow({ at }: Hand): void {
  useDrag.setState({ pointer: at });
  if (useBrush.getState().at) useBrush.setState({ at: null });
}

/** Paint a mask or a colour sketch with a mouse, a pen or a finger. Each stroke is one step to undo. */
export const painting: Tool = {
  cursor: () => 'crosshair',
  hover: follow,
  press: (from) => {
    const { paints, cell } = useStage.getState();
    if (paints === null || refusesPaint(paints)) return null;
    const begun = strokeAlong(lengthened([], from.at, 0));
    useDrag.setState({ stroke: begun, pointer: from.at });
    return {
      move: (to) => {
        const stroke = useDrag.getState().stroke ?? begun;
        useDrag.setState({ stroke: { ...stroke, points: drawnOn(stroke.points, to) }, pointer: to.at });
      },
      end: () => {
        const { stroke } = useDrag.getState();
        endDrag();
        if (stroke) paint(paints, stroke, cell);
      },
      cancel: endDrag,
    };
  },
};
