import { Group, Rect } from 'react-konva';
import type { Patch } from '../../api/types';
import { colourOf } from '../../geometry/colour';
import { FrameLabel } from './FrameLabel';
import type { Palette } from './palette';
import { DANGER } from './palette';

interface PatchFrameProps {
  patch: Patch;
  scale: number;
  palette: Palette;
  selected: boolean;
  hovered: boolean;
  faulty: boolean;
}

/** A drawn box: a tinted frame, its feather as a softer inner line, and its prompt as a quiet label. */
export function PatchFrame({ patch, scale, palette, selected, hovered, faulty }: PatchFrameProps) {
  const { id, box, prompt, feather = 0 } = patch;
  const colour = faulty ? DANGER : colourOf(id);
  const inner = { width: box.width - 2 * feather, height: box.height - 2 * feather };
  return (
    <Group x={box.x} y={box.y}>
      <Rect
        id={id}
        name="patch"
        width={box.width}
        height={box.height}
        fill={colour}
        opacity={selected || hovered ? 0.2 : 0.13}
      />
      <Group listening={false}>
        <Rect
          width={box.width}
          height={box.height}
          stroke={colour}
          strokeWidth={selected ? 2.5 : 1.5}
          strokeScaleEnabled={false}
          {...(faulty ? { dash: [6, 4] } : {})}
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
          text={prompt || 'no prompt yet'}
          colour={colour}
          scale={scale}
          palette={palette}
          width={box.width}
        />
      </Group>
    </Group>
  );
}
