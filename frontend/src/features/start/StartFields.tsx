import { LIMITS } from '../../api/limits';
import { faultAt } from '../../api/problem';
import type { Start } from '../../api/types';
import { changeStart, keeps } from '../../document/start';
import { edit } from '../../document/store';
import controls from '../../ui/controls.module.css';
import { NumberField } from '../../ui/NumberField';
import { SliderField } from '../../ui/SliderField';
import { words } from '../../words/words';
import { useCell, useGenerate } from '../jobs/useGenerate';
import { SeedField } from '../layout/SeedField';
import { FitField } from '../pictures/FitField';
import sampling from '../sampling/sampling.module.css';
import { PartFields } from './PartFields';

export const LEAST = 0.05; // of the steps: something has to be redrawn

const change = (part: Partial<Start>, name: string) => edit((draft) => changeStart(draft, part), `start ${name}`);

/** Settings of a redrawn part: its feather and its seed. */
function OfPart({ start, fault }: { start: Start; fault: (name: string) => string | undefined }) {
  const cell = useCell();
  return (
    <div className={sampling.pair}>
      <NumberField
        label={words.terms.feather}
        hint={words.start.featherHint}
        affix={words.masks.pixels}
        value={start.feather}
        {...LIMITS.Start.feather}
        step={cell}
        error={fault('feather')}
        testId="start-feather"
        onCommit={(feather) => change({ feather }, 'feather')}
      />
      <SeedField
        label={words.start.seed}
        placeholder={words.layout.asPicture}
        value={start.seed}
        error={fault('seed')}
        testIds={{ seed: 'start-seed', reroll: 'start-reroll' }}
        onChange={(seed) => change({ seed }, 'seed')}
      />
    </div>
  );
}

/** How the start uses the picture: the strength, the resize mode, and the part to redraw. */
export function StartFields({ start }: { start: Start }) {
  const { faults } = useGenerate();
  const fault = (name: string) => faultAt(faults, 'start', name);
  const general = faults.find(({ location }) => location.length === 1 && location[0] === 'start')?.message;
  return (
    <>
      {general && <p className={controls.error}>{general}</p>}
      <SliderField
        label={words.start.strength}
        hint={words.start.strengthHint}
        value={start.strength}
        min={LEAST}
        error={fault('strength')}
        testId="strength"
        onChange={(strength) => change({ strength }, 'strength')}
      />
      <FitField value={start.fit} error={fault('fit')} testId="start-fit" onChange={(fit) => change({ fit }, 'fit')} />
      <PartFields start={start} fault={fault} />
      {keeps(start) && <OfPart start={start} fault={fault} />}
    </>
  );
}
