import { useState } from 'react';
import type { Start } from '../../api/types';
import { boxesOf, START } from '../../document/boxes';
import { canvasOf } from '../../document/draft';
import { changeStart, redrawPart } from '../../document/start';
import { edit, useCanvas } from '../../document/store';
import { newBox } from '../../geometry/box';
import { select, useSession } from '../../session';
import { SelectField } from '../../ui/SelectField';
import { useCell } from '../jobs/useGenerate';
import { BoxFields } from '../layout/BoxFields';
import { PictureField } from '../pictures/PictureField';

const PARTS = [
  ['all', 'all of the picture'],
  ['box outside', 'inside a box'],
  ['box inside', 'outside a box'],
  ['mask outside', 'white in a mask'],
  ['mask inside', 'black in a mask'],
] as const;

type Choice = (typeof PARTS)[number][0];

const keepOf = (choice: Choice): Start['keep'] => (choice.endsWith('inside') ? 'inside' : 'outside');

function choiceOf({ box, mask, keep }: Start): Choice {
  if (box) return `box ${keep}`;
  return mask == null ? 'all' : `mask ${keep}`;
}

/** Redraw a box: the present one, or else the chosen box of the layout, or else a box in the middle. */
function redrawBox(keep: Start['keep'], cell: number): void {
  edit((draft) => {
    const { selected } = useSession.getState();
    const chosen = boxesOf(draft).find(({ id, mask }) => id === selected && !mask)?.box;
    return redrawPart(draft, { box: draft.start?.box ?? chosen ?? newBox(canvasOf(draft), cell, 0) }, keep);
  });
  select(START);
}

interface PartFieldsProps {
  start: Start;
  fault: (name: string) => string | undefined;
}

/** Choose which part of the picture is redrawn. A mask applies once its picture is uploaded. */
export function PartFields({ start, fault }: PartFieldsProps) {
  const cell = useCell();
  const { width, height } = useCanvas();
  const [asked, setAsked] = useState<Choice | null>(null);
  const choice = asked ?? choiceOf(start);
  const choose = (next: Choice) => {
    const maskless = next.startsWith('mask') && start.mask == null;
    setAsked(maskless ? next : null);
    if (next === 'all') edit((draft) => redrawPart(draft, null));
    else if (next.startsWith('box')) redrawBox(keepOf(next), cell);
    else if (!maskless) edit((draft) => changeStart(draft, { keep: keepOf(next) }));
  };
  return (
    <>
      <SelectField
        label="Inpaint area"
        hint={choice === 'all' ? undefined : 'The rest of the picture keeps its exact pixels.'}
        value={choice}
        options={PARTS}
        testId="redraw"
        onChange={choose}
      />
      {start.box && !asked && (
        <BoxFields
          id={START}
          box={start.box}
          error={fault('box')}
          onChange={(box, name) => edit((draft) => changeStart(draft, { box }), `start ${name}`)}
        />
      )}
      {choice.startsWith('mask') && (
        <PictureField
          label="Mask"
          kind="mask"
          hint={`A picture of ${width} × ${height} pixels, black and white.`}
          value={asked ? null : (start.mask ?? null)}
          error={fault('mask')}
          testId="start-mask"
          onChange={({ id }) => {
            setAsked(null);
            edit((draft) => redrawPart(draft, { mask: id }, keepOf(choice)));
          }}
        />
      )}
    </>
  );
}
