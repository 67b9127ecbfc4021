import type Konva from 'konva';
import { dotSpacing, type Size, type View, visibleBox } from '../../geometry/view';
import { Group, Rect, Shape } from './konva';
import type { Palette } from './palette';

interface ArtboardProps {
  canvas: Size;
  area: Size;
  cell: number;
  view: View;
  palette: Palette;
  dots: boolean;
}

/** The empty picture: paper, its edge, and the latent grid as dots. */
export function Artboard({ canvas, area, cell, view, palette, dots }: ArtboardProps) {
  const spacing = dotSpacing(cell, view.scale);
  const draw = (context: Konva.Context) => {
    context.setAttr('fillStyle', palette.dot);
    const size = 1.4 / view.scale;
    const seen = visibleBox(view, canvas, area);
    const first = (start: number) => Math.max(1, Math.ceil(start / spacing)) * spacing;
    const end = (start: number, length: number, far: number) => Math.min(start + length, far - 1);
    for (let x = first(seen.x); x <= end(seen.x, seen.width, canvas.width); x += spacing) {
      for (let y = first(seen.y); y <= end(seen.y, seen.height, canvas.height); y += spacing) {
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
