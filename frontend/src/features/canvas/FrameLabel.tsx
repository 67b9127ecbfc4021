import { Circle, Group, Rect, Text } from './konva';
import type { Palette } from './palette';
import { FAMILY, widthOf } from './ruler';

interface FrameLabelProps {
  text: string;
  colour: string;
  scale: number;
  palette: Palette;
  /** The size of the frame, in canvas pixels. The label stays inside. */
  width: number;
  height: number;
}

const [PAD, DOT, HEIGHT, GAP] = [8, 8, 24, 6];
const SPARE = 2; // screen pixels, so that rounding never cuts the last letter
const SIZE = 12;

/** A small tag in the corner of a frame, the same size on the screen whatever the scale of the canvas. */
export function FrameLabel({ text, colour, scale, palette, width, height }: FrameLabelProps) {
  const room = width * scale - 2 * GAP;
  const wanted = PAD * 2 + DOT + 6 + widthOf(text, SIZE) + SPARE;
  const tag = Math.min(wanted, room);
  if (room < PAD * 2 + DOT || height * scale < HEIGHT + GAP) return null;
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
