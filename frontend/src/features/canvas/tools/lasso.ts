import type { Point } from '../../../geometry/box';
import { announce } from '../../../ui/announce';
import { words } from '../../../words/words';
import { paint, refusesPaint, strokeAlong } from '../../painting/target';
import { type Outline, useDrag } from '../drag';
import { useStage } from '../stage';
import { drawnOn, follow } from './painting';
import { isDrag, type Tool } from './tool';

const CLOSE = 8; // screen pixels around the first corner within which a click closes the line
const LEAST = 6; // numbers of the points of an area: three corners

const show = (outline: Outline | null) => useDrag.setState({ outline });

/** Fill the area inside the line, as one step to undo. A line without an area is forgotten. */
export function closeLasso(): void {
  const { outline } = useDrag.getState();
  const { paints, cell } = useStage.getState();
  show(null);
  if (!outline || paints === null || outline.points.length < LEAST) return;
  const stroke = strokeAlong(outline.points, outline.inverse);
  paint(paints, { ...stroke, filled: true }, cell);
  announce(stroke.colour === null ? words.masks.areaRemoved : words.masks.areaAdded);
}

/** Forget the line. Returns false if there is none. */
export function cancelLasso(): boolean {
  if (!useDrag.getState().outline) return false;
  show(null);
  announce(words.masks.lassoEnded);
  return true;
}

/** Set a corner of the line. */
export function setCorner({ x, y }: Point): void {
  const { points, inverse } = useDrag.getState().outline ?? { points: [], inverse: false };
  show({ points: [...points, x, y], inverse });
  announce(words.masks.corner(points.length / 2 + 1, x, y));
}

const isFirst = ({ points: [x = Number.NaN, y = Number.NaN] }: Outline, at: Point): boolean =>
  Math.hypot(at.x - x, at.y - y) * useStage.getState().view.scale <= CLOSE;

/** Add an area to a mask or a sketch, or with Alt remove it: inside a free line that is dragged, or between corners that
 * are clicked. Enter, a double click or a click on the first corner closes the line. */
export const lasso: Tool = {
  cursor: () => 'crosshair',
  hover: follow,
  press: (from) => {
    const { paints } = useStage.getState();
    if (paints === null || refusesPaint(paints)) return null;
    const before = useDrag.getState().outline;
    const begun = before ?? { points: [], inverse: from.alt };
    const closes = begun.points.length >= LEAST && isFirst(begun, from.at);
    let dragged = false;
    if (!closes) show({ ...begun, points: drawnOn(begun.points, from) });
    return {
      move: (to) => {
        dragged ||= isDrag(from, to);
        const { outline } = useDrag.getState();
        useDrag.setState({ pointer: to.at });
        if (dragged && outline && !closes) show({ ...outline, points: drawnOn(outline.points, to) });
      },
      end: () => {
        if (closes || (dragged && !before)) closeLasso();
      },
      cancel: () => show(before),
    };
  },
};
