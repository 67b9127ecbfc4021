import type Konva from 'konva';
import { type ReactNode, useEffect, useRef } from 'react';
import { changeBox, type Drawn, HEAD, moveJoint } from '../../document/boxes';
import type { Draft } from '../../document/draft';
import { poseOf } from '../../document/pose';
import { colourOf } from '../../geometry/colour';
import { useSession } from '../../session';
import { AnchorZones } from './AnchorZones';
import { Boxes } from './Boxes';
import { useDrag } from './drag';
import { GraphFrames } from './GraphFrames';
import { Group } from './konva';
import { PoseFigure } from './PoseFigure';
import type { Palette } from './palette';
import { WeightMap } from './WeightMap';

const FADE = 0.25; // seconds
const calm = () => window.matchMedia('(prefers-reduced-motion: reduce)').matches;

/** A group that fades to its opacity when the opacity changes. */
function useFade(target: number) {
  const group = useRef<Konva.Group>(null);
  useEffect(() => {
    const node = group.current;
    if (!node) return;
    if (calm()) node.opacity(target);
    else node.to({ opacity: target, duration: FADE });
  }, [target]);
  return group;
}

/** The figure of a portrait, which follows the head and the joint that are being moved. */
function Figure({ draft, scale }: { draft: Draft; scale: number }) {
  const head = useDrag((now) => now.places?.[HEAD]);
  const joint = useDrag((now) => now.joint);
  const placed = head ? changeBox(draft, HEAD, head) : draft;
  const pose = poseOf((joint ? moveJoint(placed, joint.at, joint.to) : placed).portrait.body);
  return pose && <PoseFigure pose={pose} colour={colourOf('body')} scale={scale} />;
}

interface FramesProps {
  draft: Draft;
  boxes: readonly Drawn[];
  scale: number;
  palette: Palette;
  visible: boolean;
  overPicture: boolean;
  /** What lies below the frames. */
  children?: ReactNode;
}

/** The layout over the picture: the zones of a panorama's prompts, the drawn boxes, a graph's views, a figure's
 * pose. */
export function Frames({ draft, boxes, scale, palette, visible, overPicture, children }: FramesProps) {
  const selected = useSession((now) => now.selected);
  const group = useFade(visible ? 1 : 0);
  return (
    <Group ref={group}>
      {children}
      {draft.kind === 'panorama' && (
        <AnchorZones
          panorama={draft.panorama}
          scale={scale}
          palette={palette}
          selected={selected}
          overPicture={overPicture}
        />
      )}
      {draft.kind === 'regions' && <WeightMap draft={draft} boxes={boxes} />}
      {draft.kind === 'custom' && <GraphFrames scale={scale} palette={palette} />}
      <Boxes boxes={boxes} scale={scale} palette={palette} />
      {draft.kind === 'portrait' && <Figure draft={draft} scale={scale} />}
    </Group>
  );
}
