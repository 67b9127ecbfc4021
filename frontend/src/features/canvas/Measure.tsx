import type { Box } from '../../api/types';
import { Group, Rect, Text } from './konva';
import type { Palette } from './palette';
import { FAMILY, widthOf } from './ruler';

const [PAD, HEIGHT, GAP, SIZE] = [6, 20, 6, 11];

/** The position and size of a box that is drawn or changed, below it. */
export function Measure({ box, scale, palette }: { box: Box; scale: number; palette: Palette }) {
  const text = `${box.x}, ${box.y} · ${box.width} × ${box.height}`;
  const width = widthOf(text, SIZE) + 2 * PAD;
  return (
    <Group
      x={box.x + box.width / 2}
      y={box.y + box.height + GAP / scale}
      scaleX={1 / scale}
      scaleY={1 / scale}
      offsetX={width / 2}
    >
      <Rect width={width} height={HEIGHT} cornerRadius={5} fill={palette.chip} />
      <Text
        x={PAD}
        width={width}
        height={HEIGHT}
        verticalAlign="middle"
        text={text}
        fontSize={SIZE}
        fontFamily={FAMILY}
        fill={palette.ink}
        wrap="none"
      />
    </Group>
  );
}
