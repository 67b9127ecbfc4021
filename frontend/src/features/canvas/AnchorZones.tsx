import type { Box } from '../../api/types';
import type { Draft } from '../../document/draft';
import { colourOf } from '../../geometry/colour';
import { wrapped, zone } from '../../geometry/zones';
import { AnchorLines, AnchorMarkers } from './AnchorMarkers';
import { useDrag } from './drag';
import { FrameLabel } from './FrameLabel';
import { Group, Line, Rect } from './konva';
import type { Palette } from './palette';

interface AnchorZonesProps {
  panorama: Draft['panorama'];
  scale: number;
  palette: Palette;
  selected: string | null;
  overPicture: boolean;
}

const sizeOf = ({ width, height }: Pick<Box, 'width' | 'height'>) => ({ width, height });

const SOFT = 0.34; // share of a zone's length over which its tint fades at either end

const NEUTRAL = '#868e96'; // one prompt alone needs no colour to be told from others

/** The part of a zone's piece that lies on the canvas. */
const seenOf = (piece: Box, { width, height }: Draft['panorama']['canvas']): Box => {
  const [x, y] = [Math.max(0, piece.x), Math.max(0, piece.y)];
  const [right, low] = [Math.min(width, piece.x + piece.width), Math.min(height, piece.y + piece.height)];
  return { x, y, width: right - x, height: low - y };
};

interface PieceProps extends Omit<AnchorZonesProps, 'panorama' | 'selected' | 'overPicture'> {
  piece: Box;
  panorama: Draft['panorama'];
  prompt: string;
  colour: string;
  /** The tint of the zone at its beginning, in its middle and at its end. */
  tints: readonly [string, string, string];
}

/** A zone where it lies on the canvas. A zone that crosses an edge which wraps has two pieces. */
function Piece({ piece, panorama: { axis, canvas }, prompt, colour, tints, scale, palette }: PieceProps) {
  const { x, y, width, height } = piece;
  const [first, tint, last] = tints;
  const seen = seenOf(piece, canvas);
  return (
    <>
      <Rect
        {...{ x, y, width, height }}
        fillLinearGradientStartPoint={{ x: 0, y: 0 }}
        fillLinearGradientEndPoint={axis === 'x' ? { x: width, y: 0 } : { x: 0, y: height }}
        fillLinearGradientColorStops={[0, first, SOFT, tint, 1 - SOFT, tint, 1, last]}
      />
      {piece[axis] > 0 && (
        <Line
          {...{ x, y }}
          points={axis === 'x' ? [0, 0, 0, height] : [0, 0, width, 0]}
          stroke={palette.dot}
          strokeWidth={1}
          dash={[2, 6]}
          strokeScaleEnabled={false}
        />
      )}
      {prompt !== '' && (
        <Group x={seen.x} y={seen.y}>
          <FrameLabel text={prompt} colour={colour} scale={scale} palette={palette} {...sizeOf(seen)} />
        </Group>
      )}
    </>
  );
}

/** The zones of a panorama's prompts, as tints with soft borders, and the markers that move them. */
export function AnchorZones({ panorama, scale, palette, selected, overPicture }: AnchorZonesProps) {
  const moved = useDrag((now) => now.positions);
  const { anchors, axis, canvas, positions = null } = panorama;
  const { length: count } = anchors;
  const boxes = anchors.map((_, index) => zone(index, { count, positions: moved ?? positions }, axis, canvas));
  const atEdges = boxes[0]?.[axis] === 0;
  const zones = anchors.flatMap(({ id, prompt }, index) => {
    const box = boxes[index];
    const colour = count > 1 ? colourOf(id) : NEUTRAL;
    const clear = `${colour}00`;
    const tint = count > 1 ? `${colour}${overPicture ? '1a' : id === selected ? '4d' : '30'}` : clear;
    const tints = [atEdges && index === 0 ? tint : clear, tint, atEdges && index === count - 1 ? tint : clear] as const;
    const shared = { panorama, prompt, colour, tints, scale, palette };
    return box
      ? wrapped(box, canvas).map((piece) => <Piece key={`${id} ${piece[axis]}`} piece={piece} {...shared} />)
      : [];
  });
  return (
    <>
      <AnchorLines panorama={panorama} scale={scale} selected={selected} />
      <Group clip={{ x: 0, y: 0, ...sizeOf(canvas) }} listening={false}>
        {zones}
      </Group>
      <AnchorMarkers panorama={panorama} scale={scale} selected={selected} palette={palette} />
    </>
  );
}
