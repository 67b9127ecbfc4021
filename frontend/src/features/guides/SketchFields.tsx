import { DEFAULTS } from '../../api/limits';
import type { ColourSketch } from '../../document/guide';
import { cleared, guideOf, picturedBy } from '../../document/guides';
import { edit } from '../../document/store';
import { useSession } from '../../session';
import { Button } from '../../ui/Button';
import controls from '../../ui/controls.module.css';
import { keepFocus } from '../../ui/keepFocus';
import { words } from '../../words/words';
import { startPainting, stopPainting } from '../painting/brush';
import { FitField } from '../pictures/FitField';
import { PictureField } from '../pictures/PictureField';
import styles from './guides.module.css';
import { ScaleField } from './ScaleField';
import { StrengthFields } from './StrengthFields';
import type { GuideFields } from './useGuide';

function says({ picture, strokes }: ColourSketch): string {
  if (strokes.length > 0) return words.guides.strokes(strokes.length);
  return picture === null ? words.guides.unpainted : words.guides.fromPicture;
}

/** A rough painting of the colours: by the brush, from a picture, or both. */
export function SketchFields({ guide, fault, change }: GuideFields<ColourSketch>) {
  const { id, picture, fit, strokes } = guide;
  const painting = useSession(({ guideTool }) => guideTool?.does === 'paint' && guideTool.guide === id);
  return (
    <>
      <div className={styles.buttons}>
        <Button
          small
          icon="brush"
          aria-pressed={painting}
          data-testid="paint"
          data-remains="painting"
          onClick={() => (painting ? stopPainting() : startPainting(id))}
        >
          {painting ? words.masks.stopPainting : words.guides.paint}
        </Button>
        {(strokes.length > 0 || picture !== null) && (
          <Button
            small
            look="quiet"
            data-testid="clear-sketch"
            data-removes="painting"
            onClick={(event) => keepFocus(event, () => edit((draft) => cleared(draft, id)))}
          >
            {words.guides.clear}
          </Button>
        )}
      </div>
      <p className={controls.hint} data-testid="sketch-says">
        {says(guide)}
      </p>
      <PictureField
        label={words.guides.below}
        value={picture}
        error={fault('picture') ?? fault('mask')}
        testId="sketch-picture"
        has={(draft) => guideOf(draft, id)?.kind === 'sketch'}
        onChange={(kept) => edit((draft) => picturedBy(draft, id, kept, strokes))}
        onRemove={() => change({ picture: null, fit: DEFAULTS.Sketch.fit, box: null, mask: null }, 'picture')}
      />
      {picture !== null && (
        <FitField
          value={fit}
          error={fault('fit')}
          testId="sketch-fit"
          onChange={(next) => change({ fit: next }, 'fit')}
        />
      )}
      <StrengthFields guide={guide} fault={fault} change={change}>
        <ScaleField guide={guide} fault={fault} change={change} />
      </StrengthFields>
    </>
  );
}
