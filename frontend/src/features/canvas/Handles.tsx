import type { Box } from '../../api/types';
import { gripsOf } from '../../geometry/hit';
import { Rect } from './konva';

const SIDE = 10; // screen pixels

/** The handles of the selected boxes: eight, or four of a frame that is small on the screen. */
export function Handles({ box, scale, colour, fill }: { box: Box; scale: number; colour: string; fill: string }) {
  return gripsOf(box, scale).map(({ handle, x, y }) => (
    <Rect
      key={handle}
      x={x}
      y={y}
      offsetX={SIDE / 2}
      offsetY={SIDE / 2}
      scaleX={1 / scale}
      scaleY={1 / scale}
      width={SIDE}
      height={SIDE}
      cornerRadius={3}
      fill={fill}
      stroke={colour}
      strokeWidth={1.5}
    />
  ));
}
