import { memo } from 'react';
import { type Drawn, isBelow, START } from '../../document/boxes';
import { colourOf } from '../../geometry/colour';
import { words } from '../../words/words';
import { FrameLabel } from './FrameLabel';
import { Group, Rect } from './konva';
import { PaintedShape } from './PaintedShape';
import type { Palette } from './palette';
import { DANGER } from './palette';

interface BoxFrameProps {
  drawn: Drawn;
  scale: number;
  palette: Palette;
  selected: boolean;
  hovered: boolean;
  faulty: boolean;
  locked: boolean;
  /** The map of the weights lies below and gives the box its tint. */
  mapped?: boolean;
}

/** A drawn box: a tinted frame, with its feather as a softer inner line and its prompt as a quiet label. A mask, a
 * guide and a redrawn part of a picture have a dashed frame, and a palette is filled with its colour. */
export const BoxFrame = memo(function BoxFrame(props: BoxFrameProps) {
  const { drawn, scale, palette, selected, hovered, faulty, locked, mapped } = props;
  const { id, box, prompt, feather, shape, paint } = drawn;
  const colour = faulty ? DANGER : colourOf(id);
  const start = id === START;
  const opacity = (start ? 0.04 : selected || hovered ? 0.2 : 0.13) + (paint ? 0.4 : 0);
  const inner = { width: box.width - 2 * feather, height: box.height - 2 * feather };
  return (
    <Group x={box.x} y={box.y}>
      <Rect width={box.width} height={box.height} fill={paint ?? colour} opacity={shape || mapped ? 0 : opacity} />
      {shape && !mapped && (
        <PaintedShape id={id} shape={shape} colour={colour} opacity={1.6 * opacity} x={-box.x} y={-box.y} />
      )}
      <Group listening={false}>
        <Rect
          width={box.width}
          height={box.height}
          stroke={colour}
          strokeWidth={selected ? 2.5 : 1.5}
          strokeScaleEnabled={false}
          {...(faulty || shape || isBelow(id) ? { dash: [6, 4] } : {})}
        />
        {selected && feather > 0 && inner.width > 0 && inner.height > 0 && (
          <Rect
            x={feather}
            y={feather}
            {...inner}
            stroke={colour}
            strokeWidth={1}
            dash={[3, 4]}
            opacity={0.8}
            strokeScaleEnabled={false}
          />
        )}
        <FrameLabel
          text={`${locked ? '🔒 ' : ''}${prompt || words.layers.noPrompt}`}
          colour={paint ?? colour}
          scale={scale}
          palette={palette}
          width={box.width}
          height={box.height}
        />
      </Group>
    </Group>
  );
});
