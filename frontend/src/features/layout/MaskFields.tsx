import { useRef } from 'react';
import type { Patch } from '../../api/types';
import { useDraft } from '../../document/store';
import { newBox } from '../../geometry/box';
import { Button } from '../../ui/Button';
import controls from '../../ui/controls.module.css';
import { useCell, useGenerate } from '../jobs/useGenerate';
import { PictureInput } from '../pictures/PictureInput';
import { useUpload } from '../pictures/useUpload';
import styles from './layout.module.css';

interface MaskFieldsProps {
  patch: Patch;
  error: string | undefined;
  change: (part: Partial<Patch>, name: string) => void;
}

/** A drawn shape instead of a box: a picture of the canvas's size, white inside the patch. */
export function MaskFields({ patch: { id, mask }, error, change }: MaskFieldsProps) {
  const input = useRef<HTMLInputElement>(null);
  const { canvas, patches } = useDraft((now) => now.draft.regions);
  const frame = useGenerate().compiled?.boxes.find((one) => one.id === id)?.box;
  const cell = useCell();
  const { sending, send } = useUpload('mask', (kept) => change({ mask: kept.id, box: null }, 'mask'));
  return (
    <>
      {mask && (
        <p className={controls.hint} data-testid="mask">
          The shape is a mask
          {frame && `, which lies in ${frame.x}, ${frame.y}, ${frame.width} × ${frame.height}`}.
        </p>
      )}
      {error && <p className={controls.error}>{error}</p>}
      <div className={styles.maskActions}>
        <Button
          small
          disabled={sending}
          title={`A picture of ${canvas.width} × ${canvas.height} pixels, white where the patch is`}
          onClick={() => input.current?.click()}
        >
          {mask ? 'Another mask…' : 'Use a mask…'}
        </Button>
        {mask && (
          <Button
            small
            look="quiet"
            onClick={() => change({ mask: null, box: frame ?? newBox(canvas, cell, patches.length) }, 'mask')}
          >
            Back to a box
          </Button>
        )}
      </div>
      <PictureInput ref={input} label="Mask picture" testId="mask-file" onFile={send} />
    </>
  );
}
