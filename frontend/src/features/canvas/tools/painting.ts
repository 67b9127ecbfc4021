import { painted } from '../../../document/guides';
import { edit } from '../../../document/store';
import { lengthened } from '../../../geometry/strokes';
import { useSession } from '../../../session';
import { inkOf, useBrush } from '../../guides/brush';
import { endDrag, useDrag } from '../drag';
import { useStage } from '../stage';
import type { Tool } from './tool';

const APART = 2; // screen pixels between the points of a stroke

/** Paint a colour sketch with a mouse, a pen or a finger. Each stroke is one step to undo. */
export const painting: Tool = {
  cursor: () => 'crosshair',
  hover: ({ at }) => {
    useDrag.setState({ pointer: at });
    useBrush.setState({ at: null });
  },
  press: (from) => {
    const sketch = useSession.getState().guideTool?.guide;
    if (sketch === undefined) return null;
    const brush = useBrush.getState();
    const begun = { colour: inkOf(brush), size: brush.size, points: lengthened([], from.at, 0) };
    useDrag.setState({ stroke: begun, pointer: from.at });
    return {
      move: ({ at }) => {
        const stroke = useDrag.getState().stroke ?? begun;
        const points = lengthened(stroke.points, at, APART / useStage.getState().view.scale);
        useDrag.setState({ stroke: { ...stroke, points }, pointer: at });
      },
      end: () => {
        const { stroke } = useDrag.getState();
        endDrag();
        if (stroke) edit((draft) => painted(draft, sketch, stroke));
      },
      cancel: endDrag,
    };
  },
};
