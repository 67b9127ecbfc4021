import { faultAt } from '../../api/problem';
import type { Start } from '../../api/types';
import { changeStart, keeps } from '../../document/start';
import { edit } from '../../document/store';
import controls from '../../ui/controls.module.css';
import { NumberField } from '../../ui/NumberField';
import { SelectField } from '../../ui/SelectField';
import { SliderField } from '../../ui/SliderField';
import { useCell, useGenerate } from '../jobs/useGenerate';
import { SeedField } from '../layout/SeedField';
import sampling from '../sampling/sampling.module.css';
import { PartFields } from './PartFields';

const MAX_FEATHER = 1024; // pixels, as the contract has it
const LEAST = 0.05; // of the steps: something has to be redrawn

const FITS = [
  ['same', 'as it is, of the canvas’s shape'],
  ['crop', 'cut to the canvas’s shape'],
  ['stretch', 'distorted to the canvas’s shape'],
] as const;

const change = (part: Partial<Start>, name: string) => edit((draft) => changeStart(draft, part), `start ${name}`);

/** Of what is redrawn alone: how it joins what is kept, and its noise. */
function OfPart({ start, fault }: { start: Start; fault: (name: string) => string | undefined }) {
  const cell = useCell();
  return (
    <div className={sampling.pair}>
      <NumberField
        label="Soft edge"
        affix="px"
        value={start.feather}
        min={0}
        max={MAX_FEATHER}
        step={cell}
        error={fault('feather')}
        testId="start-feather"
        onCommit={(feather) => change({ feather: Math.round(feather) }, 'feather')}
      />
      <SeedField
        label="Its own seed"
        placeholder="as the whole"
        value={start.seed}
        error={fault('seed')}
        testIds={{ seed: 'start-seed', reroll: 'start-reroll' }}
        onChange={(seed) => change({ seed }, 'seed')}
      />
    </div>
  );
}

/** What becomes of the picture. */
export function StartFields({ start }: { start: Start }) {
  const { faults } = useGenerate();
  const fault = (name: string) => faultAt(faults, 'start', name);
  const general = faults.find(({ location }) => location.length === 1 && location[0] === 'start')?.message;
  return (
    <>
      {general && <p className={controls.error}>{general}</p>}
      <SliderField
        label="How far it changes"
        hint="Little keeps close to the picture; at 100 % nothing of it is left (strength)."
        value={start.strength}
        min={LEAST}
        error={fault('strength')}
        testId="strength"
        onChange={(strength) => change({ strength }, 'strength')}
      />
      {(start.fit !== 'same' || fault('fit')) && (
        <SelectField
          label="How it comes to the canvas"
          value={start.fit}
          options={FITS}
          error={fault('fit')}
          testId="start-fit"
          onChange={(fit) => change({ fit }, 'fit')}
        />
      )}
      <PartFields start={start} fault={fault} />
      {keeps(start) && <OfPart start={start} fault={fault} />}
    </>
  );
}
