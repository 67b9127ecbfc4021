import { LIMITS } from '../../api/limits';
import type { Coarse } from '../../api/types';
import { useDraft } from '../../document/store';
import { CheckField } from '../../ui/CheckField';
import { NumberField } from '../../ui/NumberField';
import { SelectField } from '../../ui/SelectField';
import { SliderField } from '../../ui/SliderField';
import { words } from '../../words/words';
import { useCell, useModel } from '../jobs/useGenerate';
import { FadeFields } from '../layout/FadeFields';
import { PromptField } from '../prompts/PromptField';
import { AgreeFields } from './AgreeFields';
import { type CoarseChoice, coarseChoice, coarseOf, set, setWindows } from './draft';
import { Group, useFault } from './Group';
import styles from './sampling.module.css';

const LEAST = 0.05; // of the steps, so that the view is active in some

function CoarseFields({ coarse }: { coarse: Coarse }) {
  const fault = useFault();
  const byDefault = useModel()?.defaults.guidance;
  const guidance = useDraft((now) => now.draft.sampling.guidance) ?? byDefault;
  const [from = 0, until = 1] = coarse.active;
  const change = (part: Partial<Coarse>) => set({ coarse: { ...coarse, ...part } });
  return (
    <>
      <NumberField
        label={words.terms.weight}
        hint={words.sampling.coarseWeightHint}
        value={coarse.weight}
        max={LIMITS.Coarse.weight.max}
        above={0}
        error={fault('coarse', 'weight')}
        testId="coarse-weight"
        onCommit={(weight) => change({ weight })}
      />
      <NumberField
        optional
        label={words.terms.guidance}
        hint={words.sampling.coarseGuidanceHint}
        value={coarse.guidance ?? null}
        step={0.5}
        fallback={guidance}
        {...LIMITS.Coarse.guidance}
        error={fault('coarse', 'guidance')}
        testId="coarse-guidance"
        onCommit={(guidance) => change({ guidance })}
      />
      <SliderField
        label={words.sampling.activeUntil}
        hint={words.sampling.activeUntilHint}
        value={until}
        min={from + LEAST}
        error={fault('coarse', 'active')}
        testId="coarse-until"
        onChange={(share) => change({ active: [from, share] })}
      />
      <div className={styles.wide}>
        <FadeFields
          value={coarse.fade}
          active={coarse.active}
          error={fault('coarse', 'fade')}
          onChange={(fade) => change({ fade })}
        />
      </div>
      <div className={styles.wide}>
        <PromptField
          label={words.terms.prompt}
          value={coarse.prompt ?? ''}
          placeholder={words.sampling.asLayout}
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
    ['default', words.sampling.defaultIs(byDefault && byDefault.weight > 0 ? words.sampling.on : words.sampling.off)],
    ['on', words.sampling.on],
    ['off', words.sampling.off],
  ];
  return (
    <Group title={words.sampling.coarse}>
      <div className={styles.wide}>
        <SelectField
          label={words.sampling.coarseView}
          hint={words.sampling.coarseViewHint}
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
  const cell = useCell();
  const fault = useFault();
  return (
    <Group title={words.sampling.windows}>
      <NumberField
        optional
        label={words.sampling.stride}
        hint={words.sampling.strideHint}
        affix={words.masks.pixels}
        {...LIMITS.Windows.stride}
        step={cell}
        fallback={windows.shift ? defaults?.window : defaults?.stride}
        value={windows.stride ?? null}
        error={fault('windows', 'stride')}
        testId="stride"
        onCommit={(value) => setWindows({ stride: value })}
      />
      <NumberField
        optional
        label={words.sampling.windowSize}
        hint={words.sampling.windowSizeHint}
        affix={words.masks.pixels}
        {...LIMITS.Windows.size}
        step={cell}
        fallback={defaults?.window}
        value={windows.size ?? null}
        error={fault('windows', 'size')}
        onCommit={(value) => setWindows({ size: value })}
      />
      <CheckField
        label={words.sampling.gaussian}
        hint={words.sampling.gaussianHint}
        value={windows.weights === 'gaussian'}
        error={fault('windows', 'weights')}
        testId="gaussian"
        onChange={(on) => setWindows({ weights: on ? 'gaussian' : 'uniform' })}
      />
      <CheckField
        label={words.sampling.shift}
        hint={words.sampling.shiftHint}
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
    <Group title={words.sampling.repeats}>
      <NumberField
        label={words.sampling.harmonise}
        hint={words.sampling.harmoniseHint}
        {...LIMITS.Sampling.harmonise}
        value={harmonise}
        error={fault('harmonise')}
        testId="harmonise"
        onCommit={(value) => set({ harmonise: value })}
      />
      <NumberField
        label={words.sampling.corrector}
        hint={words.sampling.correctorHint}
        {...LIMITS.Sampling.corrector_steps}
        value={corrector_steps}
        error={fault('corrector_steps')}
        testId="corrector"
        onCommit={(value) => set({ corrector_steps: value })}
      />
    </Group>
  );
}

/** Settings for researchers. For a custom graph, those of views are left out, because the graph contains its views. */
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
