import type { KeptPicture, PaletteColour } from '../../document/guide';
import { useCanvas } from '../../document/store';
import { newBox } from '../../geometry/box';
import { useSession } from '../../session';
import { Button } from '../../ui/Button';
import { SelectField } from '../../ui/SelectField';
import { optionsOf, words } from '../../words/words';
import { useCell } from '../jobs/useGenerate';
import { BoxFields } from '../layout/BoxFields';
import { startPlacing } from '../painting/brush';
import styles from './guides.module.css';
import type { GuideFields } from './useGuide';

/** The part of the picture in which a guide acts: all of it, or a box that is drawn on the canvas or typed. A guide of a
 * document may have a mask instead. */
export function AreaFields({ guide, fault, change }: GuideFields<PaletteColour | KeptPicture>) {
  const { id, box, mask } = guide;
  const cell = useCell();
  const canvas = useCanvas();
  const placing = useSession(({ guideTool }) => guideTool?.does === 'place' && guideTool.guide === id);
  const areas: Record<string, string> = words.guides.areas;
  const place = () => (placing ? useSession.setState({ guideTool: null }) : startPlacing(id));
  return (
    <>
      <SelectField
        label={words.guides.area}
        hint={mask ? words.guides.maskHint : undefined}
        value={mask ? 'mask' : box ? 'box' : 'all'}
        options={optionsOf(mask ? { ...areas, mask: words.guides.insideMask } : areas)}
        error={fault('mask')}
        testId="guide-area"
        onChange={(area) => {
          if (area !== 'mask') change({ mask: null, box: area === 'box' ? newBox(canvas, cell, 0) : null }, 'area');
        }}
      />
      {box && (
        <>
          <div className={styles.buttons}>
            <Button small icon="box" aria-pressed={placing} data-testid="place-guide" onClick={place}>
              {placing ? words.guides.placing : words.guides.place}
            </Button>
          </div>
          <BoxFields id={id} box={box} error={fault('box')} onChange={(next, name) => change({ box: next }, name)} />
        </>
      )}
    </>
  );
}
