import { memo } from 'react';
import { faultAt } from '../../api/problem';
import { type Drawn, HEAD, isBelow, OBJECT, START } from '../../document/boxes';
import type { Draft } from '../../document/draft';
import { isLocked, placeOfPatch } from '../../document/flags';
import { isGuide } from '../../document/guide';
import { useDraft } from '../../document/store';
import { useSession } from '../../session';
import { useGenerate } from '../jobs/useGenerate';
import { BoxFrame } from './BoxFrame';
import { useDrag } from './drag';
import type { Palette } from './palette';
import { useStage } from './stage';

/** The boxes with which the server finds something wrong. */
function useFaulty(draft: Draft, boxes: readonly Drawn[]): ReadonlySet<string> {
  const { faults } = useGenerate();
  const wrong = (id: string): boolean => {
    if (id === START) return faultAt(faults, 'start', 'box') !== undefined;
    if (id === OBJECT && draft.kind === 'scene') return faultAt(faults, 'layout', 'box') !== undefined;
    if (id === HEAD && draft.kind === 'portrait') return faultAt(faults, 'layout', 'head', 'box') !== undefined;
    return !isBelow(id) && faultAt(faults, 'layout', 'patches', placeOfPatch(draft, id)) !== undefined;
  };
  return new Set(faults.length > 0 ? boxes.map(({ id }) => id).filter(wrong) : []);
}

interface BoxesProps {
  boxes: readonly Drawn[];
  scale: number;
  palette: Palette;
}

/** The drawn boxes. Those that are being moved are drawn on the layer of the drag instead. */
export const Boxes = memo(function Boxes({ boxes, scale, palette }: BoxesProps) {
  const draft = useDraft((now) => now.draft);
  const selected = useSession((now) => now.selected);
  const also = useSession((now) => now.alsoSelected);
  const hovered = useSession((now) => now.hovered);
  const moving = useDrag((now) => (now.copies ? NONE : now.moving));
  const faulty = useFaulty(draft, boxes);
  const paints = useStage((now) => now.paints);
  const masks = useGenerate().compiled?.graph.masks;
  const chosen = boxes.find(({ id }) => id === selected);
  const lying = chosen && isBelow(chosen.id) ? [...boxes.filter((one) => one !== chosen), chosen] : boxes; // else below the patches
  const isMapped = ({ id, shape }: Drawn): boolean =>
    draft.kind === 'regions' && !isBelow(id) && id !== paints && (!shape || masks?.[id] !== undefined);
  const shaped = (drawn: Drawn): Drawn =>
    drawn.id === paints && !drawn.shape && !isGuide(drawn.id) ? { ...drawn, shape: { box: drawn.box } } : drawn;
  return lying
    .filter(({ id }) => !moving.includes(id))
    .map((drawn) => (
      <BoxFrame
        key={drawn.id}
        drawn={shaped(drawn)}
        scale={scale}
        palette={palette}
        selected={drawn.id === selected || also.includes(drawn.id)}
        hovered={drawn.id === hovered}
        faulty={faulty.has(drawn.id)}
        locked={isLocked(draft, drawn.id)}
        mapped={isMapped(drawn)}
      />
    ));
});

const NONE: readonly string[] = [];
