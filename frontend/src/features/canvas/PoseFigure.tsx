import { Circle, Group, Line } from 'react-konva';
import type { PoseControl } from '../../api/types';
import { BONES } from '../../document/pose';

/** The skeleton that a figure is asked to stand like. */
export function PoseFigure({ pose: { joints }, colour }: { pose: PoseControl; colour: string }) {
  return (
    <Group listening={false} opacity={0.8}>
      {BONES.map(([from, to]) => (
        <Line
          key={`${from} ${to}`}
          points={[...(joints[from] ?? []), ...(joints[to] ?? [])]}
          stroke={colour}
          strokeWidth={2}
          strokeScaleEnabled={false}
        />
      ))}
      {joints.map(([x, y], at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a joint is what its place in the list says
        <Circle key={at} x={x ?? 0} y={y ?? 0} radius={2} fill={colour} />
      ))}
    </Group>
  );
}
