import type { Box, Canvas } from '../../api/types';
import { placed } from '../../geometry/look';
import type { Look } from '../../session';
import { Group, Image, Rect } from './konva';
import type { Palette } from './palette';
import type { Painting } from './usePainting';

interface PictureProps {
  painting: Painting;
  canvas: Canvas;
  palette: Palette;
  look: Look;
}

const place = ({ x, y, width, height }: Box) => ({ x, y, width, height });
const HALVES = [0, 0.5];

/** The picture in the chosen way: turned or mirrored, or four copies side by side that show its seams. */
function Seen({ image, canvas, look }: { image: ImageBitmap; canvas: Canvas; look: Look }) {
  const { width, height } = canvas;
  if (look !== 'tiled') {
    return (
      <Group {...placed(look, canvas)}>
        <Image image={image} width={width} height={height} />
      </Group>
    );
  }
  return HALVES.flatMap((right) =>
    HALVES.map((down) => (
      <Image
        key={`${right} ${down}`}
        image={image}
        x={right * width}
        y={down * height}
        width={width / 2}
        height={height / 2}
      />
    )),
  );
}

/** The picture in its place: the latest preview or the finished one. A chosen view lies over the dimmed rest. */
export function Picture({ painting: { main, view }, canvas, palette, look }: PictureProps) {
  const whole = { x: 0, y: 0, width: canvas.width, height: canvas.height };
  return (
    <Group listening={false} clip={whole}>
      {main && <Seen image={main} canvas={canvas} look={view ? 'identity' : look} />}
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
