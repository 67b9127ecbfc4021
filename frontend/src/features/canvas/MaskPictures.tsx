import { START } from '../../document/boxes';
import type { Draft } from '../../document/draft';
import { isPainted } from '../../document/shape';
import { colourOf } from '../../geometry/colour';
import { colourOfTarget, NEW } from '../painting/target';
import { PaintedShape } from './PaintedShape';

const FAINT = 0.22;
const PAINTED = 0.45;
const NOTHING = {};

/** The masks that no box frames: the mask of the start, and that of a patch which the first stroke adds. */
export function MaskPictures({ draft, painting }: { draft: Draft; painting: string | null }) {
  const { start } = draft;
  const shown = start && (start.mask != null || isPainted(start) || (painting === START && !start.box));
  return (
    <>
      {shown && (
        <PaintedShape
          id={START}
          shape={start}
          colour={colourOf(START)}
          opacity={painting === START ? PAINTED : FAINT}
        />
      )}
      {painting === NEW && (
        <PaintedShape id={NEW} shape={NOTHING} colour={colourOfTarget(draft, NEW, '')} opacity={PAINTED} />
      )}
    </>
  );
}
