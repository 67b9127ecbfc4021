import type Konva from 'konva';
import { useRef, useState } from 'react';
import type { Box, Canvas } from '../../api/types';
import { changeBox, type Drawn } from '../../document/boxes';
import { isLocked } from '../../document/flags';
import { edit, useDraft } from '../../document/store';
import { boxBetween, type Handle, moveBox, type Point, resizeBox } from '../../geometry/box';
import { select, useSession } from '../../session';
import { drawBox } from './commands';
import { locate, type Shown, usePointer } from './usePointer';

type Gesture =
  | { kind: 'draw'; from: Point; over: string }
  | { kind: 'move'; from: Point; id: string; box: Box }
  | { kind: 'resize'; from: Point; id: string; box: Box; handle: Handle };

interface Surface extends Shown {
  boxes: readonly Drawn[];
  canvas: Canvas;
  cell: number;
  enabled: boolean;
  onDrawn: () => void;
}

/** Draw, move and resize boxes with a mouse, a pen or a finger. */
export function useGestures(surface: Surface) {
  const latest = useRef(surface);
  latest.current = surface;
  const gesture = useRef<Gesture | null>(null);
  const [drawn, setDrawn] = useState<Box | null>(null);

  usePointer({
    move: (event) => {
      const now = gesture.current;
      if (!now) return;
      const { canvas, cell } = latest.current;
      const to = locate(event, latest.current);
      const by = { x: to.x - now.from.x, y: to.y - now.from.y };
      if (now.kind === 'draw') setDrawn(boxBetween(now.from, to, cell, canvas));
      else {
        const box =
          now.kind === 'move' ? moveBox(now.box, by, cell, canvas) : resizeBox(now.box, now.handle, by, cell, canvas);
        edit((draft) => changeBox(draft, now.id, box), `${now.kind} ${now.id} ${now.from.x} ${now.from.y}`);
      }
    },
    up: (event) => {
      const now = gesture.current;
      gesture.current = null;
      setDrawn(null);
      if (now?.kind !== 'draw' || event.type === 'pointercancel') return;
      const { canvas, cell } = latest.current;
      const box = boxBetween(now.from, locate(event, latest.current), cell, canvas);
      if (box) {
        drawBox(box, cell);
        latest.current.onDrawn();
      } else if (now.over !== 'anchor') select(null); // a press on a panorama's prompt chooses it
    },
  });

  const onPointerDown = ({ target, evt }: Konva.KonvaEventObject<PointerEvent>) => {
    const { enabled, boxes } = latest.current;
    if (evt.button !== 0 || gesture.current) return;
    if (target.name() === 'anchor') select(target.id());
    if (!enabled || target.name() === 'joint') return; // a joint handles its own drag
    const from = locate(evt, latest.current);
    const { selected, drawing: drawsOver, guideTool } = useSession.getState();
    const drawing = drawsOver || guideTool?.does === 'place';
    const grabbed = target.name() === 'handle' ? selected : target.name() === 'patch' && !drawing ? target.id() : null;
    const found = boxes.find((one) => one.id === grabbed);
    if (!found) gesture.current = { kind: 'draw', from, over: target.name() };
    else if (target.name() === 'handle') {
      gesture.current = { kind: 'resize', from, id: found.id, box: found.box, handle: target.id() as Handle };
    } else {
      select(found.id);
      if (!found.mask && !isLocked(useDraft.getState().draft, found.id))
        gesture.current = { kind: 'move', from, id: found.id, box: found.box };
    }
  };
  return { drawn, onPointerDown };
}
