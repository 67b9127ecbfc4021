import { LIMITS } from '../../api/limits';
import { faultAt } from '../../api/problem';
import { useDraft } from '../../document/store';
import { NumberField } from '../../ui/NumberField';
import { SelectField } from '../../ui/SelectField';
import { useNarrow } from '../../ui/useMedia';
import { words } from '../../words/words';
import { useGenerate, useModel } from '../jobs/useGenerate';
import { Fold } from '../layout/Fold';
import { Advanced } from './Advanced';
import { set, setImages, setKeep } from './draft';
import { FinerNote } from './FinerNote';
import { FreshFields } from './FreshFields';
import { KeepFramesField } from './KeepFramesField';
import { ModelPicker } from './ModelPicker';
import { QualityField } from './QualityField';
import { SavedNodes } from './SavedNodes';
import styles from './sampling.module.css';

/** The settings that most visitors use. */
function Basics() {
  const { sampling, images, keep } = useDraft((now) => now.draft);
  const model = useModel();
  const defaults = model?.defaults;
  const flows = model?.prediction === 'flow' || sampling.scheduler === 'flow-euler';
  const { faults, compiled } = useGenerate();
  const open = compiled?.job.sampling; // with what the server fills in
  const byDefault = (sampling.scheduler == null && open?.scheduler) || defaults?.scheduler;
  const usual = sampling.spacing == null ? open?.spacing : null;
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
        label={words.sampling.pictures}
        hint={words.sampling.picturesHint}
        {...LIMITS.Job.images}
        value={images}
        error={faultAt(faults, 'images')}
        testId="images"
        onCommit={setImages}
      />
      {images > 1 && (
        <NumberField
          optional
          label={words.sampling.keepBest}
          hint={words.sampling.keepBestHint}
          {...LIMITS.Job.keep}
          max={images}
          placeholder={words.sampling.keepAll}
          value={keep}
          error={faultAt(faults, 'keep')}
          testId="keep"
          onCommit={setKeep}
        />
      )}
      <QualityField />
      <NumberField
        optional
        label={words.sampling.steps}
        hint={words.sampling.stepsHint}
        {...LIMITS.Sampling.steps}
        fallback={open?.steps ?? defaults?.steps}
        value={sampling.steps ?? null}
        error={fault('steps')}
        testId="steps"
        onCommit={(value) => set({ steps: value, finer: [] })}
      />
      <FinerNote />
      <NumberField
        optional
        label={words.terms.guidance}
        hint={words.sampling.guidanceHint}
        {...LIMITS.Sampling.guidance}
        step={0.5}
        fallback={defaults?.guidance}
        value={sampling.guidance ?? null}
        error={fault('guidance')}
        onCommit={(value) => set({ guidance: value })}
      />
      <NumberField
        label={words.terms.guidanceRescale}
        hint={words.sampling.guidanceRescaleHint}
        {...LIMITS.Sampling.guidance_rescale}
        step={0.1}
        value={sampling.guidance_rescale}
        error={fault('guidance_rescale')}
        testId="rescale"
        onCommit={(value) => set({ guidance_rescale: value })}
      />
      <NumberField
        optional
        label={words.terms.eta}
        hint={words.sampling.etaHint}
        {...LIMITS.Sampling.eta}
        step={0.1}
        fallback={open?.eta ?? defaults?.eta}
        value={sampling.eta ?? null}
        error={fault('eta')}
        testId="eta"
        onCommit={(value) => set({ eta: value })}
      />
      <FreshFields />
      <div className={styles.wide}>
        <SelectField
          label={words.terms.sampler}
          hint={words.sampling.samplerHint}
          value={sampling.scheduler ?? ''}
          options={[
            ['', byDefault ? words.sampling.defaultIs(words.sampling.schedulers[byDefault]) : words.sampling.byDefault],
            ['ddim', words.sampling.schedulers.ddim],
            ['dpmsolver++', words.sampling.schedulers['dpmsolver++']],
            ...(flows ? [['flow-euler', words.sampling.schedulers['flow-euler']] as const] : []),
          ]}
          error={fault('scheduler')}
          testId="scheduler"
          onChange={(value) => set({ scheduler: value === '' ? null : value })}
        />
      </div>
      {!flows && (
        <div className={styles.wide}>
          <SelectField
            label={words.terms.spacing}
            hint={words.sampling.spacingHint}
            value={sampling.spacing ?? ''}
            options={[
              ['', usual ? words.sampling.defaultIs(words.sampling.spacings[usual]) : words.sampling.byDefault],
              ['timesteps', words.sampling.spacings.timesteps],
              ['log-snr', words.sampling.spacings['log-snr']],
            ]}
            error={fault('spacing')}
            testId="spacing"
            onChange={(value) => set({ spacing: value === '' ? null : value })}
          />
        </div>
      )}
      <div className={styles.wide}>
        <KeepFramesField />
      </div>
    </div>
  );
}

/** The settings of the sampling. An empty field uses the model's default. */
export function SamplingPanel() {
  return (
    <section className={styles.section} aria-label={words.terms.sampling} data-testid="sampling">
      <Basics />
      <div className={styles.folds}>
        <Fold summary={words.terms.outputs}>
          <SavedNodes />
        </Fold>
        <Fold summary={words.sampling.advanced} testId="advanced">
          <Advanced />
        </Fold>
      </div>
    </section>
  );
}
