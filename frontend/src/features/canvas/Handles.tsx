import type { Box } from '../../api/types';
import { HANDLES, handlePoint } from '../../geometry/box';
import { Group, Rect } from './konva';

const SEEN = 10; // screen pixels
const GRABBED = 28; // screen pixels: as much as a finger needs

/** The eight handles of the selected box. */
export function Handles({ box, scale, colour, fill }: { box: Box; scale: number; colour: string; fill: string }) {
  const small = Math.min(box.width, box.height) * scale < 4 * GRABBED;
  const shown = small ? HANDLES.filter((handle) => handle.length === 2) : HANDLES;
  const grab = small ? Math.max(SEEN, Math.min(GRABBED, (Math.min(box.width, box.height) * scale) / 3)) : GRABBED;
  return (
    <>
      {shown.map((handle) => {
        const { x, y } = handlePoint(box, handle);
        return (
          <Group key={handle} x={x} y={y} scaleX={1 / scale} scaleY={1 / scale}>
            <Rect id={handle} name="handle" x={-grab / 2} y={-grab / 2} width={grab} height={grab} />
            <Rect
              x={-SEEN / 2}
              y={-SEEN / 2}
              width={SEEN}
              height={SEEN}
              cornerRadius={3}
              fill={fill}
              stroke={colour}
              strokeWidth={1.5}
              listening={false}
            />
          </Group>
        );
      })}
    </>
  );
}
