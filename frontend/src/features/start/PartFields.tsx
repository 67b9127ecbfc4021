import type { Start } from '../../api/types';
import { boxesOf, START } from '../../document/boxes';
import type { DraftStart } from '../../document/draft';
import { canvasOf } from '../../document/draft';
import { withUploadedMask } from '../../document/painted';
import { changeStart, redrawMask, redrawPart } from '../../document/start';
import { edit, useCanvas } from '../../document/store';
import { newBox } from '../../geometry/box';
import { select, useSession } from '../../session';
import { SelectField } from '../../ui/SelectField';
import { optionsOf, words } from '../../words/words';
import { useCell } from '../jobs/useGenerate';
import { BoxFields } from '../layout/BoxFields';
import { PaintMask } from '../painting/PaintMask';
import { PictureField } from '../pictures/PictureField';

type Choice = keyof typeof words.start.parts;

const keepOf = (choice: Choice): Start['keep'] => (choice.endsWith('inside') ? 'inside' : 'outside');

function choiceOf(start: DraftStart): Choice {
  if (start.strokes || start.mask != null) return `mask ${start.keep}`;
  return start.box ? `box ${start.keep}` : 'all';
}

/** Redraw a box: the present one, or else the chosen box of the layout, or else a box in the middle. */
function redrawBox(keep: Start['keep'], cell: number): void {
  edit((draft) => {
    const { selected } = useSession.getState();
    const chosen = boxesOf(draft).find(({ id, shape }) => id === selected && !shape)?.box;
    return redrawPart(draft, { box: draft.start?.box ?? chosen ?? newBox(canvasOf(draft), cell, 0) }, keep);
  });
  select(START);
}

interface PartFieldsProps {
  start: DraftStart;
  fault: (name: string) => string | undefined;
}

/** Choose which part of the picture is redrawn. */
export function PartFields({ start, fault }: PartFieldsProps) {
  const cell = useCell();
  const { width, height } = useCanvas();
  const choice = choiceOf(start);
  const choose = (next: Choice) => {
    if (next === 'all') edit((draft) => redrawPart(draft, null));
    else if (next.startsWith('box')) redrawBox(keepOf(next), cell);
    else edit((draft) => redrawMask(draft, keepOf(next)));
  };
  return (
    <>
      <SelectField
        label={words.start.area}
        hint={choice === 'all' ? undefined : words.start.areaHint}
        value={choice}
        options={optionsOf(words.start.parts)}
        testId="redraw"
        onChange={choose}
      />
      {start.box && choice.startsWith('box') && (
        <BoxFields
          id={START}
          box={start.box}
          error={fault('box')}
          onChange={(box, name) => edit((draft) => changeStart(draft, { box }), `start ${name}`)}
        />
      )}
      <div>
        <PaintMask id={START} testId="paint-start" />
      </div>
      {choice.startsWith('mask') && (
        <PictureField
          label={words.start.mask}
          kind="mask"
          hint={words.start.maskHint(width, height)}
          value={start.mask ?? null}
          error={fault('mask')}
          testId="start-mask"
          onChange={({ id }) => edit((draft) => withUploadedMask(draft, START, id, start.strokes))}
        />
      )}
    </>
  );
}
