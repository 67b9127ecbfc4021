import type { Coarse } from '../../api/types';
import { useDraft } from '../../document/store';
import { CheckField } from '../../ui/CheckField';
import { NumberField } from '../../ui/NumberField';
import { SelectField } from '../../ui/SelectField';
import { SliderField } from '../../ui/SliderField';
import { useModel } from '../jobs/useGenerate';
import { PromptField } from '../layout/PromptField';
import { AgreeFields } from './AgreeFields';
import { type CoarseChoice, coarseChoice, coarseOf, set, setWindows } from './draft';
import { Group, useFault } from './Group';
import styles from './sampling.module.css';

const MAX_ROUNDS = 100; // as the contract has it
const whole = (value: number | null) => (value === null ? null : Math.round(value));

function CoarseFields({ coarse }: { coarse: Coarse }) {
  const fault = useFault();
  const byDefault = useModel()?.defaults.guidance;
  const guidance = useDraft((now) => now.draft.sampling.guidance) ?? byDefault;
  const [from = 0, until = 1] = coarse.active;
  const change = (part: Partial<Coarse>) => set({ coarse: { ...coarse, ...part } });
  return (
    <>
      <NumberField
        label="Its trust"
        hint="Against the windows’, at any size (weight)."
        value={coarse.weight}
        min={0.1}
        max={10_000}
        error={fault('coarse', 'weight')}
        testId="coarse-weight"
        onCommit={(weight) => change({ weight })}
      />
      <NumberField
        optional
        label="Its guidance"
        hint="Low for a model that mostly knows views from close by (guidance)."
        value={coarse.guidance ?? null}
        step={0.5}
        placeholder={`${guidance ?? ''}`}
        min={0}
        max={50}
        error={fault('coarse', 'guidance')}
        testId="coarse-guidance"
        onCommit={(guidance) => change({ guidance })}
      />
      <SliderField
        label="Released at"
        hint="The share of the steps after which windows go on alone (active)."
        value={until}
        error={fault('coarse', 'active')}
        testId="coarse-until"
        onChange={(share) => change({ active: [from, Math.max(share, from + 0.01)] })}
      />
      <div className={styles.wide}>
        <PromptField
          label="Its own prompt"
          short
          value={coarse.prompt ?? ''}
          placeholder="as the layout"
          error={fault('coarse', 'prompt')}
          onChange={(prompt) => change({ prompt: prompt === '' ? null : prompt })}
        />
      </div>
    </>
  );
}

function CoarseView() {
  const sampling = useDraft((now) => now.draft.sampling);
  const byDefault = useModel()?.defaults.coarse;
  const fault = useFault();
  const choice = coarseChoice(sampling);
  const options: [CoarseChoice, string][] = [
    ['default', `as the model: ${byDefault && byDefault.weight > 0 ? 'on' : 'off'}`],
    ['on', 'on'],
    ['off', 'off'],
  ];
  return (
    <Group title="The whole at once">
      <div className={styles.wide}>
        <SelectField
          label="A look at the whole picture"
          hint="One more view sees everything, small, so that far parts fit together (coarse view)."
          value={choice}
          options={options}
          error={choice === 'on' ? undefined : fault('coarse')}
          testId="coarse"
          onChange={(next) => set({ coarse: coarseOf(next, byDefault) })}
        />
      </div>
      {sampling.coarse && choice === 'on' && <CoarseFields coarse={sampling.coarse} />}
    </Group>
  );
}

function WindowFields() {
  const windows = useDraft((now) => now.draft.sampling.windows);
  const defaults = useModel()?.defaults;
  const fault = useFault();
  return (
    <Group title="Windows">
      <NumberField
        optional
        label="Spacing"
        hint="Closer ones overlap more and take longer (stride)."
        affix="px"
        min={1}
        max={16_384}
        step={8}
        placeholder={String(windows.shift ? (defaults?.window ?? 'default') : (defaults?.stride ?? 'default'))}
        value={windows.stride ?? null}
        error={fault('windows', 'stride')}
        testId="stride"
        onCommit={(value) => setWindows({ stride: whole(value) })}
      />
      <NumberField
        optional
        label="Size"
        hint="What the model was made for, at best (window)."
        affix="px"
        min={1}
        max={16_384}
        step={8}
        placeholder={String(defaults?.window ?? 'default')}
        value={windows.size ?? null}
        error={fault('windows', 'size')}
        onCommit={(value) => setWindows({ size: whole(value) })}
      />
      <CheckField
        label="Trust their middles"
        hint="And their edges less (Gaussian weights)."
        value={windows.weights === 'gaussian'}
        error={fault('windows', 'weights')}
        testId="gaussian"
        onChange={(on) => setWindows({ weights: on ? 'gaussian' : 'uniform' })}
      />
      <CheckField
        label="Move at each step"
        hint="So that no seam stays in place (shifted windows)."
        value={windows.shift}
        error={fault('windows', 'shift')}
        testId="shift"
        onChange={(shift) => setWindows({ shift })}
      />
    </Group>
  );
}

function Rounds() {
  const { harmonise, corrector_steps } = useDraft((now) => now.draft.sampling);
  const fault = useFault();
  return (
    <Group title="Rounds within a step">
      <NumberField
        label="Go over it again"
        hint="Noise it anew and repeat the step (harmonise)."
        min={0}
        max={MAX_ROUNDS}
        value={harmonise}
        error={fault('harmonise')}
        testId="harmonise"
        onCommit={(value) => set({ harmonise: Math.round(value) })}
      />
      <NumberField
        label="Settle"
        hint="Small steps at the same noise (Langevin corrector)."
        min={0}
        max={MAX_ROUNDS}
        value={corrector_steps}
        error={fault('corrector_steps')}
        testId="corrector"
        onCommit={(value) => set({ corrector_steps: Math.round(value) })}
      />
    </Group>
  );
}

/** What a researcher sets. A graph of one's own says itself what its views are. */
export function Advanced() {
  const own = useDraft((now) => now.draft.kind !== 'custom');
  return (
    <>
      {own && <CoarseView />}
      {own && <WindowFields />}
      <AgreeFields />
      <Rounds />
    </>
  );
}
