import type Konva from 'konva';
import { useEffect, useRef } from 'react';
import { Group } from 'react-konva';
import { faultAt } from '../../api/problem';
import { canvasOf, type Draft } from '../../document/draft';
import { colourOf } from '../../geometry/colour';
import { useSession } from '../../session';
import { useGenerate } from '../jobs/useGenerate';
import { AnchorZones } from './AnchorZones';
import { Handles } from './Handles';
import { PatchFrame } from './PatchFrame';
import type { Palette } from './palette';

const FADE = 0.25; // seconds
const calm = () => window.matchMedia('(prefers-reduced-motion: reduce)').matches;

/** A group that fades to an opacity whenever that changes. */
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

function Patches({ draft, scale, palette }: { draft: Draft; scale: number; palette: Palette }) {
  const { selected, hovered } = useSession();
  const { faults } = useGenerate();
  const { patches } = draft.regions;
  const chosen = patches.find((patch) => patch.id === selected);
  return (
    <>
      {patches.map((patch, index) => (
        <PatchFrame
          key={patch.id}
          patch={patch}
          scale={scale}
          palette={palette}
          selected={patch.id === selected}
          hovered={patch.id === hovered}
          faulty={faultAt(faults, 'layout', 'patches', index) !== undefined}
        />
      ))}
      {chosen && <Handles box={chosen.box} scale={scale} colour={colourOf(chosen.id)} fill={palette.halo} />}
    </>
  );
}

interface FramesProps {
  draft: Draft;
  scale: number;
  palette: Palette;
  visible: boolean;
  overPicture: boolean;
}

/** The layout over the picture: the zones of a panorama's prompts, or the drawn boxes. */
export function Frames({ draft, scale, palette, visible, overPicture }: FramesProps) {
  const selected = useSession((now) => now.selected);
  const group = useFade(visible ? 1 : 0);
  return (
    <Group ref={group}>
      {draft.kind === 'panorama' ? (
        <AnchorZones
          anchors={draft.panorama.anchors}
          axis={draft.panorama.axis}
          canvas={canvasOf(draft)}
          scale={scale}
          palette={palette}
          selected={selected}
          overPicture={overPicture}
        />
      ) : (
        <Patches draft={draft} scale={scale} palette={palette} />
      )}
    </Group>
  );
}
