import { useRef } from 'react';
import type { Box, Canvas } from '../../api/types';
import type { DraftPatch } from '../../document/draft';
import { shapeOf, withUploadedMask } from '../../document/painted';
import { frameOf, isPainted } from '../../document/shape';
import { edit, useDraft } from '../../document/store';
import { boxBetween, newBox } from '../../geometry/box';
import { Button } from '../../ui/Button';
import controls from '../../ui/controls.module.css';
import { keepFocus } from '../../ui/keepFocus';
import { words } from '../../words/words';
import { useCell, useGenerate } from '../jobs/useGenerate';
import { PaintMask } from '../painting/PaintMask';
import { PictureInput } from '../pictures/PictureInput';
import { useUpload } from '../pictures/useUpload';
import styles from './layout.module.css';

interface MaskFieldsProps {
  patch: DraftPatch;
  error: string | undefined;
  change: (part: Partial<DraftPatch>, name: string) => void;
}

const say = words.masks;

/** The box around what is painted, on the grid of cells. */
function paintedBox(patch: DraftPatch, canvas: Canvas, cell: number): Box | null {
  const frame = isPainted(patch) ? frameOf(patch, canvas) : null;
  return frame && boxBetween(frame, { x: frame.x + frame.width, y: frame.y + frame.height }, cell, canvas);
}

/** What the mask is, and where the server says it lies; nothing for a box. */
function Says({ patch }: { patch: DraftPatch }) {
  const frame = useGenerate().compiled?.boxes.find(({ id }) => id === patch.id)?.box;
  const painted = isPainted(patch);
  if (!painted && !patch.mask) return null;
  const said = painted ? say.isPainted(patch.strokes?.length ?? 0) : say.isMask;
  return (
    <p className={controls.hint} data-testid="mask">
      {said}. {frame && say.liesIn(frame.x, frame.y, frame.width, frame.height)}
    </p>
  );
}

/** A drawn shape instead of a box: painted on the canvas, or a picture of the canvas's size, white inside the patch. */
export function MaskFields({ patch, error, change }: MaskFieldsProps) {
  const { id, mask, strokes } = patch;
  const input = useRef<HTMLInputElement>(null);
  const { canvas, patches } = useDraft((now) => now.draft.regions);
  const frame = useGenerate().compiled?.boxes.find((one) => one.id === id)?.box;
  const cell = useCell();
  const { sending, send } = useUpload(
    'mask',
    (kept) => edit((draft) => withUploadedMask(draft, id, kept.id, strokes)),
    (draft) => shapeOf(draft, id) !== undefined,
  );
  const toBox = () => {
    const box = patch.box ?? frame ?? paintedBox(patch, canvas, cell) ?? newBox(canvas, cell, patches.length);
    change({ mask: null, box, strokes: undefined }, 'mask');
  };
  return (
    <>
      <Says patch={patch} />
      {error && <p className={controls.error}>{error}</p>}
      <div className={styles.maskActions}>
        <PaintMask id={id} testId="paint-mask" />
        <Button
          small
          disabled={sending}
          title={say.uploadTitle(canvas.width, canvas.height)}
          data-remains="mask"
          onClick={() => input.current?.click()}
        >
          {mask ? say.another : say.upload}
        </Button>
        {(mask || strokes) && (
          <Button
            small
            look="quiet"
            data-testid="back-to-box"
            data-removes="mask"
            onClick={(event) => keepFocus(event, toBox)}
          >
            {say.backToBox}
          </Button>
        )}
      </div>
      <PictureInput ref={input} label={say.picture} testId="mask-file" onFile={send} />
    </>
  );
}
