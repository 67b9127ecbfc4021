import type Konva from 'konva';
import type { Canvas } from '../../api/types';
import { dotSpacing, type View } from '../../geometry/view';
import { Group, Rect, Shape } from './konva';
import type { Palette } from './palette';

interface ArtboardProps {
  canvas: Canvas;
  cell: number;
  view: View;
  palette: Palette;
  dots: boolean;
}

/** The empty picture: paper, its edge, and the latent grid as dots. */
export function Artboard({ canvas, cell, view, palette, dots }: ArtboardProps) {
  const spacing = dotSpacing(cell, view.scale);
  const draw = (context: Konva.Context) => {
    context.setAttr('fillStyle', palette.dot);
    const size = 1.4 / view.scale;
    for (let x = spacing; x < canvas.width; x += spacing) {
      for (let y = spacing; y < canvas.height; y += spacing) {
        context.fillRect(x - size / 2, y - size / 2, size, size);
      }
    }
  };
  return (
    <Group listening={false}>
      <Rect
        width={canvas.width}
        height={canvas.height}
        fill={palette.paper}
        stroke={palette.edge}
        strokeWidth={1}
        strokeScaleEnabled={false}
      />
      {dots && <Shape sceneFunc={draw} perfectDrawEnabled={false} />}
    </Group>
  );
}
