import { Group, Image, Rect } from 'react-konva';
import type { Box, Canvas } from '../../api/types';
import type { Palette } from './palette';
import type { Painting } from './usePainting';

interface PictureProps {
  painting: Painting;
  canvas: Canvas;
  palette: Palette;
}

const place = ({ x, y, width, height }: Box) => ({ x, y, width, height });

/** The picture where it will be: the latest preview or the finished one; one view of it lies on the dimmed rest. */
export function Picture({ painting: { main, view }, canvas, palette }: PictureProps) {
  const whole = { x: 0, y: 0, width: canvas.width, height: canvas.height };
  return (
    <Group listening={false} clip={whole}>
      {main && <Image image={main} {...whole} />}
      {view && (
        <>
          <Rect {...whole} fill={palette.paper} opacity={main ? 0.72 : 0} />
          {view.boxes.map((box) => (
            <Image key={`${box.x} ${box.y}`} image={view.image} {...place(box)} />
          ))}
          {view.boxes.map((box) => (
            <Rect
              key={`${box.x} ${box.y}`}
              {...place(box)}
              stroke={view.colour}
              strokeWidth={2}
              strokeScaleEnabled={false}
            />
          ))}
        </>
      )}
    </Group>
  );
}
