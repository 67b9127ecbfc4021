import type { PoseControl } from '../../api/types';
import { moveJoint } from '../../document/boxes';
import { BONES } from '../../document/pose';
import { edit } from '../../document/store';
import { Circle, Group, Line } from './konva';

const SEEN = 5; // screen pixels
const GRABBED = 22; // screen pixels: as much as a finger needs

interface PoseFigureProps {
  pose: PoseControl;
  colour: string;
  scale: number;
}

/** The skeleton of a figure's pose. Its joints can be dragged. */
export function PoseFigure({ pose: { joints }, colour, scale }: PoseFigureProps) {
  return (
    <Group opacity={0.85}>
      {BONES.map(([from, to]) => (
        <Line
          key={`${from} ${to}`}
          points={[...(joints[from] ?? []), ...(joints[to] ?? [])]}
          stroke={colour}
          strokeWidth={2}
          strokeScaleEnabled={false}
          listening={false}
        />
      ))}
      {joints.map(([x = 0, y = 0], at) => (
        <Circle
          // biome-ignore lint/suspicious/noArrayIndexKey: a joint is what its place in the list says
          key={at}
          name="joint"
          x={x}
          y={y}
          radius={SEEN / scale}
          fill={colour}
          hitStrokeWidth={GRABBED / scale}
          draggable
          onDragMove={({ target }) =>
            edit((draft) => moveJoint(draft, at, [Math.round(target.x()), Math.round(target.y())]), `joint ${at}`)
          }
        />
      ))}
    </Group>
  );
}
