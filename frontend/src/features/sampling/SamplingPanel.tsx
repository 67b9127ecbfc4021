import { LIMITS } from '../../api/limits';
import { faultAt } from '../../api/problem';
import { useDraft } from '../../document/store';
import { NumberField } from '../../ui/NumberField';
import { SelectField } from '../../ui/SelectField';
import { useNarrow } from '../../ui/useMedia';
import { useGenerate, useModel } from '../jobs/useGenerate';
import { Fold } from '../layout/Fold';
import { Advanced } from './Advanced';
import { set, setImages, setKeep } from './draft';
import { FreshFields } from './FreshFields';
import { KeepFramesField } from './KeepFramesField';
import { ModelPicker } from './ModelPicker';
import { SavedNodes } from './SavedNodes';
import styles from './sampling.module.css';

const SCHEDULERS = { ddim: 'DDIM', 'dpmsolver++': 'DPM-Solver++', 'flow-euler': 'Flow Euler' } as const;

/** The settings that most visitors use. */
function Basics() {
  const { sampling, images, keep } = useDraft((now) => now.draft);
  const model = useModel();
  const defaults = model?.defaults;
  const flows = model?.prediction === 'flow' || sampling.scheduler === 'flow-euler';
  const { faults } = useGenerate();
  const narrow = useNarrow();
  const fault = (...at: string[]) => faultAt(faults, 'sampling', ...at);
  return (
    <div className={styles.fields}>
      {narrow && (
        <div className={styles.wide}>
          <ModelPicker />
        </div>
      )}
      <NumberField
        label="Pictures"
        hint="How many; each has the next seed."
        {...LIMITS.Job.images}
        value={images}
        error={faultAt(faults, 'images')}
        testId="images"
        onCommit={setImages}
      />
      {images > 1 && (
        <NumberField
          optional
          label="Keep the best"
          hint="Makes all, keeps those whose views agree best."
          {...LIMITS.Job.keep}
          max={images}
          placeholder="all"
          value={keep}
          error={faultAt(faults, 'keep')}
          testId="keep"
          onCommit={setKeep}
        />
      )}
      <NumberField
        optional
        label="Steps"
        hint="More steps take longer and give finer pictures."
        {...LIMITS.Sampling.steps}
        fallback={defaults?.steps}
        value={sampling.steps}
        error={fault('steps')}
        testId="steps"
        onCommit={(value) => set({ steps: value })}
      />
      <NumberField
        optional
        label="Guidance"
        hint="How closely the picture follows the prompt (CFG scale)."
        {...LIMITS.Sampling.guidance}
        step={0.5}
        fallback={defaults?.guidance}
        value={sampling.guidance ?? null}
        error={fault('guidance')}
        onCommit={(value) => set({ guidance: value })}
      />
      <NumberField
        label="Guidance rescale"
        hint="Brings contrast back to normal at high guidance."
        {...LIMITS.Sampling.guidance_rescale}
        step={0.1}
        value={sampling.guidance_rescale}
        error={fault('guidance_rescale')}
        testId="rescale"
        onCommit={(value) => set({ guidance_rescale: value })}
      />
      <NumberField
        optional
        label="Eta"
        hint="Noise added at each step: 0 none (DDIM), 1 as much as DDPM."
        {...LIMITS.Sampling.eta}
        step={0.1}
        fallback={(sampling.scheduler ?? 'ddim') === 'ddim' ? defaults?.eta : 0}
        value={sampling.eta ?? null}
        error={fault('eta')}
        testId="eta"
        onCommit={(value) => set({ eta: value })}
      />
      <FreshFields />
      <div className={styles.wide}>
        <SelectField
          label="Sampler"
          hint="DPM-Solver++ needs fewer steps; its eta is always 0."
          value={sampling.scheduler ?? ''}
          options={[
            ['', defaults ? `default: ${SCHEDULERS[defaults.scheduler]}` : 'default'],
            ['ddim', SCHEDULERS.ddim],
            ['dpmsolver++', SCHEDULERS['dpmsolver++']],
            ...(flows ? [['flow-euler', SCHEDULERS['flow-euler']] as const] : []),
          ]}
          error={fault('scheduler')}
          testId="scheduler"
          onChange={(value) => set({ scheduler: value === '' ? null : value })}
        />
      </div>
      <div className={styles.wide}>
        <KeepFramesField />
      </div>
    </div>
  );
}

/** The settings of the sampling. An empty field uses the model's default. */
export function SamplingPanel() {
  return (
    <section className={styles.section} aria-label="Sampling" data-testid="sampling">
      <Basics />
      <div className={styles.folds}>
        <Fold summary="Outputs">
          <SavedNodes />
        </Fold>
        <Fold summary="Advanced" testId="advanced">
          <Advanced />
        </Fold>
      </div>
    </section>
  );
}
