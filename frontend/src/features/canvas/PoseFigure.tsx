import type { PoseControl } from '../../api/types';
import { BONES } from '../../document/pose';
import { Circle, Group, Line } from './konva';

const SEEN = 5; // screen pixels

interface PoseFigureProps {
  pose: PoseControl;
  colour: string;
  scale: number;
}

/** The skeleton of a figure's pose. */
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
        />
      ))}
      {joints.map(([x = 0, y = 0], at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a joint is what its place in the list says
        <Circle key={at} x={x} y={y} radius={SEEN / scale} fill={colour} />
      ))}
    </Group>
  );
}
