import type { Box } from '../../api/types';
import { type Drawn, HEAD, moveJoint } from '../../document/boxes';
import { isLocked } from '../../document/flags';
import { useDraft } from '../../document/store';
import { around } from '../../geometry/box';
import { colourOf } from '../../geometry/colour';
import type { GuideLine } from '../../geometry/snapping';
import { useSession } from '../../session';
import { BoxFrame } from './BoxFrame';
import { useDrag } from './drag';
import { Handles } from './Handles';
import { Group, Line, Rect } from './konva';
import { Measure } from './Measure';
import { ACCENT, type Palette } from './palette';
import { useStage } from './stage';

interface DragLayerProps {
  boxes: readonly Drawn[];
  scale: number;
  palette: Palette;
}

/** The boxes that are being moved, where they are now. */
function Moving({ boxes, scale, palette }: DragLayerProps) {
  const places = useDrag((now) => now.places);
  if (!places) return null;
  return boxes.flatMap((drawn) => {
    const box = places[drawn.id];
    if (!box) return [];
    const look = { scale, palette, selected: true, hovered: false, faulty: false, locked: false };
    return [<BoxFrame key={drawn.id} drawn={{ ...drawn, box }} {...look} />];
  });
}

/** The selected boxes that can be changed by hand, where they are now. */
function useChosen(boxes: readonly Drawn[]): { id: string; box: Box }[] {
  const selected = useSession((now) => now.selected);
  const also = useSession((now) => now.alsoSelected);
  const places = useDrag((now) => now.places);
  const joint = useDrag((now) => now.joint);
  const draft = useDraft((now) => now.draft);
  const head = joint && draft.kind === 'portrait' ? moveJoint(draft, joint.at, joint.to).portrait.head.box : null;
  return boxes
    .filter(({ id, shape }) => (id === selected || also.includes(id)) && !shape && !isLocked(draft, id))
    .map(({ id, box }) => ({ id, box: places?.[id] ?? (id === HEAD && head ? head : box) }));
}

/** The handles of the selection, and a frame around several boxes. */
function Selection({ boxes, scale, palette }: DragLayerProps) {
  const chosen = useChosen(boxes);
  const dragging = useDrag((now) => now.places !== null);
  const [first] = chosen;
  if (!first) return null;
  const frame = around(chosen.map(({ box }) => box));
  const several = chosen.length > 1;
  const colour = several ? ACCENT : colourOf(first.id);
  return (
    <>
      {several && <Rect {...frame} stroke={ACCENT} strokeWidth={1} dash={[4, 3]} strokeScaleEnabled={false} />}
      <Handles box={frame} scale={scale} colour={colour} fill={palette.halo} />
      {dragging && <Measure box={frame} scale={scale} palette={palette} />}
    </>
  );
}

/** A line on which an edge or the middle of the moved box lies. */
function AlignedLine({ line: { axis, at, from, to } }: { line: GuideLine }) {
  const points = axis === 'x' ? [at, from, at, to] : [from, at, to, at];
  return <Line points={points} stroke={ACCENT} strokeWidth={1} strokeScaleEnabled={false} />;
}

/** What the hand does now: the moved boxes and their lines, the handles, the box that is drawn, the frame that selects.
 * Only this layer is drawn again while the hand moves. */
export function DragLayer(props: DragLayerProps) {
  const drawn = useDrag((now) => now.drawn);
  const marquee = useDrag((now) => now.marquee);
  const lines = useDrag((now) => now.lines);
  const paints = useStage((now) => now.paints !== null);
  const { palette, scale } = props;
  return (
    <Group>
      <Moving {...props} />
      {!drawn && !marquee && !paints && <Selection {...props} />}
      {lines.map((line) => (
        <AlignedLine key={`${line.axis} ${line.at}`} line={line} />
      ))}
      {drawn && (
        <>
          <Rect {...drawn} stroke={palette.ink} strokeWidth={1.5} dash={[5, 4]} strokeScaleEnabled={false} />
          <Measure box={drawn} scale={scale} palette={palette} />
        </>
      )}
      {marquee && <Rect {...marquee} fill={`${ACCENT}1f`} stroke={ACCENT} strokeWidth={1} strokeScaleEnabled={false} />}
    </Group>
  );
}
