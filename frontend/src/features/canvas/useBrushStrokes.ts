import type Konva from 'konva';
import { useRef, useState } from 'react';
import { painted } from '../../document/guides';
import { edit } from '../../document/store';
import type { Point } from '../../geometry/box';
import { lengthened, type Stroke } from '../../geometry/strokes';
import { inkOf, useBrush } from '../guides/brush';
import { locate, type Shown, usePointer } from './usePointer';

const APART = 2; // screen pixels between the points of a stroke

interface Surface extends Shown {
  /** The id of the sketch that is painted; null while none is. */
  sketch: string | null;
}

/** Paint a sketch with a mouse, a pen or a finger. Each stroke is one step to undo. `pointer` is where the pointer is,
 * in canvas pixels. */
export function useBrushStrokes(surface: Surface) {
  const latest = useRef(surface);
  latest.current = surface;
  const drawing = useRef<{ stroke: Stroke; sketch: string } | null>(null);
  const [stroke, setStroke] = useState<Stroke | null>(null);
  const [pointer, setPointer] = useState<Point | null>(null);

  const draw = (next: Stroke, sketch: string) => {
    drawing.current = { stroke: next, sketch };
    setStroke(next);
  };
  usePointer({
    move: (event) => {
      const { sketch, view } = latest.current;
      if (sketch === null) return;
      const to = locate(event, latest.current);
      setPointer(to);
      useBrush.setState({ at: null });
      const now = drawing.current;
      if (now) draw({ ...now.stroke, points: lengthened(now.stroke.points, to, APART / view.scale) }, now.sketch);
    },
    up: ({ type }) => {
      const now = drawing.current;
      drawing.current = null;
      setStroke(null);
      if (now && type !== 'pointercancel') edit((draft) => painted(draft, now.sketch, now.stroke));
    },
  });

  const onPointerDown = ({ evt }: Konva.KonvaEventObject<PointerEvent>) => {
    const { sketch } = latest.current;
    if (sketch === null || evt.button !== 0 || drawing.current) return;
    const brush = useBrush.getState();
    const points = lengthened([], locate(evt, latest.current), 0);
    draw({ colour: inkOf(brush), size: brush.size, points }, sketch);
  };
  return { stroke, pointer, onPointerDown };
}
