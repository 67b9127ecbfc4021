import type { Box, Canvas } from '../../api/types';
import { canvasOfLayout } from '../../document/job';
import { colourOf } from '../../geometry/colour';
import { nodesOf } from '../diagnostics/nodes';
import { useCell, useGenerate } from '../jobs/useGenerate';
import { FrameLabel } from './FrameLabel';
import { Group, Rect } from './konva';
import type { Palette } from './palette';

const covers = (box: Box, canvas: Canvas) => box.width >= canvas.width && box.height >= canvas.height;

/** The frames of a custom graph's views, from the compiled graph. A view of the whole canvas has no frame. */
export function GraphFrames({ scale, palette }: { scale: number; palette: Palette }) {
  const { compiled } = useGenerate();
  const cell = useCell();
  if (compiled?.job.layout.kind !== 'custom') return null;
  const canvas = canvasOfLayout(compiled.job.layout);
  const views = nodesOf(compiled.graph, compiled.job, cell, []).nodes.filter(({ kind }) => kind === 'view');
  return views.map(({ name, boxes }, index) =>
    boxes
      .filter((box) => !covers(box, canvas))
      .map((box) => (
        <Group key={`${name} ${box.x} ${box.y}`} x={box.x} y={box.y} listening={false}>
          <Rect
            width={box.width}
            height={box.height}
            stroke={colourOf(`y${index + 1}`)}
            strokeWidth={1}
            dash={[4, 4]}
            strokeScaleEnabled={false}
          />
          <FrameLabel
            text={name}
            colour={colourOf(`y${index + 1}`)}
            scale={scale}
            palette={palette}
            width={box.width}
            height={box.height}
          />
        </Group>
      )),
  );
}
