import { Circle, Group, Rect, Text } from './konva';
import type { Palette } from './palette';

interface FrameLabelProps {
  text: string;
  colour: string;
  scale: number;
  palette: Palette;
  /** The width of the frame, in canvas pixels. The label stays inside. */
  width: number;
}

const [PAD, DOT, HEIGHT, GAP] = [8, 8, 24, 6];
const SPARE = 2; // screen pixels, so that rounding never cuts the last letter
const SIZE = 12;
const FAMILY = 'system-ui, sans-serif';

const ruler = document.createElement('canvas').getContext('2d');

function widthOf(text: string): number {
  if (!ruler) return text.length * SIZE;
  ruler.font = `${SIZE}px ${FAMILY}`;
  return ruler.measureText(text).width;
}

/** A small tag in the corner of a frame, the same size on the screen whatever the scale of the canvas. */
export function FrameLabel({ text, colour, scale, palette, width }: FrameLabelProps) {
  const room = width * scale - 2 * GAP;
  const wanted = PAD * 2 + DOT + 6 + widthOf(text) + SPARE;
  const tag = Math.min(wanted, room);
  if (room < PAD * 2 + DOT) return null;
  return (
    <Group x={GAP / scale} y={GAP / scale} scaleX={1 / scale} scaleY={1 / scale} listening={false}>
      <Rect width={tag} height={HEIGHT} cornerRadius={6} fill={palette.chip} />
      <Circle x={PAD + DOT / 2} y={HEIGHT / 2} radius={DOT / 2} fill={colour} />
      <Text
        x={PAD + DOT + 6}
        y={0}
        width={Math.max(0, tag - 2 * PAD - DOT - 6 + SPARE)}
        height={HEIGHT}
        verticalAlign="middle"
        text={text}
        fontSize={SIZE}
        fontFamily={FAMILY}
        fill={palette.ink}
        wrap="none"
        ellipsis
      />
    </Group>
  );
}
