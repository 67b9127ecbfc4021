import type { Box, Canvas } from '../../api/types';
import type { Anchor } from '../../document/draft';
import { colourOf } from '../../geometry/colour';
import { zone } from '../../geometry/zones';
import { FrameLabel } from './FrameLabel';
import { Group, Line, Rect } from './konva';
import type { Palette } from './palette';

interface AnchorZonesProps {
  anchors: Anchor[];
  axis: 'x' | 'y';
  canvas: Canvas;
  scale: number;
  palette: Palette;
  selected: string | null;
  overPicture: boolean;
}

const sizeOf = ({ width, height }: Box) => ({ width, height });

const SOFT = 0.34; // share of a zone's length over which its tint fades at either end

const NEUTRAL = '#868e96'; // one prompt alone needs no colour to be told from others

/** The zones of a panorama's prompts, as tints with soft borders. */
export function AnchorZones({ anchors, axis, canvas, scale, palette, selected, overPicture }: AnchorZonesProps) {
  return anchors.map((anchor, index) => {
    const box = zone(index, anchors.length, axis, canvas);
    const colour = anchors.length > 1 ? colourOf(anchor.id) : NEUTRAL;
    const clear = `${colour}00`;
    const strength = overPicture ? '1a' : anchor.id === selected ? '4d' : '30';
    const tint = anchors.length > 1 ? `${colour}${strength}` : clear;
    const end = axis === 'x' ? { x: box.width, y: 0 } : { x: 0, y: box.height };
    const first = index === 0 ? tint : clear;
    const last = index === anchors.length - 1 ? tint : clear;
    return (
      <Group key={anchor.id} x={box.x} y={box.y}>
        <Rect
          width={box.width}
          height={box.height}
          fillLinearGradientStartPoint={{ x: 0, y: 0 }}
          fillLinearGradientEndPoint={end}
          fillLinearGradientColorStops={[0, first, SOFT, tint, 1 - SOFT, tint, 1, last]}
        />
        {index > 0 && (
          <Line
            points={axis === 'x' ? [0, 0, 0, box.height] : [0, 0, box.width, 0]}
            stroke={palette.dot}
            strokeWidth={1}
            dash={[2, 6]}
            strokeScaleEnabled={false}
          />
        )}
        {anchor.prompt !== '' && (
          <FrameLabel text={anchor.prompt} colour={colour} scale={scale} palette={palette} {...sizeOf(box)} />
        )}
      </Group>
    );
  });
}
