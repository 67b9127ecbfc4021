import { LIMITS } from '../../api/limits';
import type { ColourSketch, PaletteColour } from '../../document/guide';
import { NumberField } from '../../ui/NumberField';
import { words } from '../../words/words';
import { useCell, useModel } from '../jobs/useGenerate';
import type { GuideFields } from './useGuide';

const COARSE = 4; // squares along the model's native size, by default

/** How coarse a guide is. */
export function ScaleField({ guide, fault, change }: GuideFields<ColourSketch | PaletteColour>) {
  const native = useModel()?.native_size;
  const cell = useCell();
  return (
    <NumberField
      optional
      label={words.guides.scale}
      hint={words.guides.scaleHint}
      affix={words.masks.pixels}
      {...LIMITS.Sketch.scale}
      step={cell}
      fallback={native && Math.round(native / COARSE)}
      value={guide.scale ?? null}
      error={fault('scale')}
      testId="guide-scale"
      onCommit={(scale) => change({ scale }, 'scale')}
    />
  );
}
