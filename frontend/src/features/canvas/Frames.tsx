import type Konva from 'konva';
import { type ReactNode, useEffect, useRef } from 'react';
import { faultAt } from '../../api/problem';
import { type Drawn, HEAD, isBelow, OBJECT, START } from '../../document/boxes';
import { canvasOf, type Draft } from '../../document/draft';
import { isLocked, shownOf } from '../../document/flags';
import { poseOf } from '../../document/pose';
import { colourOf } from '../../geometry/colour';
import { useSession } from '../../session';
import { useGenerate } from '../jobs/useGenerate';
import { AnchorZones } from './AnchorZones';
import { BoxFrame } from './BoxFrame';
import { GraphFrames } from './GraphFrames';
import { Handles } from './Handles';
import { Group } from './konva';
import { PoseFigure } from './PoseFigure';
import type { Palette } from './palette';

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

/** The boxes with which the server finds something wrong. */
function useFaulty(draft: Draft): ReadonlySet<string> {
  const { faults } = useGenerate();
  const { kind, regions } = draft;
  const start = faultAt(faults, 'start', 'box') ? [START] : [];
  if (kind === 'regions') {
    const patches = shownOf(draft, regions.patches).filter((_, at) => faultAt(faults, 'layout', 'patches', at));
    return new Set([...start, ...patches.map(({ id }) => id)]);
  }
  const at = kind === 'scene' ? faultAt(faults, 'layout', 'box') : faultAt(faults, 'layout', 'head', 'box');
  return new Set([...start, ...(at ? [OBJECT, HEAD] : [])]);
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

function Boxes({ draft, boxes, scale, palette }: Pick<FramesProps, 'draft' | 'boxes' | 'scale' | 'palette'>) {
  const { selected, hovered } = useSession();
  const faulty = useFaulty(draft);
  const chosen = boxes.find(({ id }) => id === selected);
  const lying = chosen && isBelow(chosen.id) ? [...boxes.filter((one) => one !== chosen), chosen] : boxes; // else below the patches
  return (
    <>
      {lying.map((drawn) => (
        <BoxFrame
          key={drawn.id}
          drawn={drawn}
          scale={scale}
          palette={palette}
          selected={drawn.id === selected}
          hovered={drawn.id === hovered}
          faulty={faulty.has(drawn.id)}
        />
      ))}
      {chosen && !chosen.mask && !isLocked(draft, chosen.id) && (
        <Handles box={chosen.box} scale={scale} colour={colourOf(chosen.id)} fill={palette.halo} />
      )}
    </>
  );
}

/** The layout over the picture: the zones of a panorama's prompts, the drawn boxes, a graph's views, a figure's
 * pose. */
export function Frames({ draft, boxes, scale, palette, visible, overPicture, children }: FramesProps) {
  const selected = useSession((now) => now.selected);
  const group = useFade(visible ? 1 : 0);
  const pose = draft.kind === 'portrait' ? poseOf(draft.portrait.body) : null;
  return (
    <Group ref={group}>
      {children}
      {draft.kind === 'panorama' && (
        <AnchorZones
          anchors={draft.panorama.anchors}
          axis={draft.panorama.axis}
          canvas={canvasOf(draft)}
          scale={scale}
          palette={palette}
          selected={selected}
          overPicture={overPicture}
        />
      )}
      {draft.kind === 'custom' && <GraphFrames scale={scale} palette={palette} />}
      <Boxes draft={draft} boxes={boxes} scale={scale} palette={palette} />
      {pose && <PoseFigure pose={pose} colour={colourOf('body')} scale={scale} />}
    </Group>
  );
}
