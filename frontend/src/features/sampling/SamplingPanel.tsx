import { faultAt } from '../../api/problem';
import { edit, useDraft } from '../../document/store';
import { Icon } from '../../ui/icons';
import { NumberField } from '../../ui/NumberField';
import { SelectField } from '../../ui/SelectField';
import { useGenerate, useModel } from '../jobs/useGenerate';
import { counted } from '../jobs/words';
import { Fold } from '../layout/Fold';
import { Advanced } from './Advanced';
import { set } from './draft';
import { ModelPicker } from './ModelPicker';
import { SavedNodes } from './SavedNodes';
import styles from './sampling.module.css';

const MAX_IMAGES = 16; // as the contract has it
const SCHEDULERS = { ddim: 'DDIM', 'dpmsolver++': 'DPM-Solver++', 'flow-euler': 'Flow Euler' } as const;

const open = (value: number | undefined) => (value === undefined ? 'default' : String(value));

/** What most want to set. */
function Basics() {
  const { sampling, images } = useDraft((now) => now.draft);
  const model = useModel();
  const defaults = model?.defaults;
  const flows = model?.prediction === 'flow' || sampling.scheduler === 'flow-euler';
  const { faults } = useGenerate();
  const fault = (...at: string[]) => faultAt(faults, 'sampling', ...at);
  return (
    <div className={styles.fields}>
      <div className={styles.narrow}>
        <ModelPicker />
      </div>
      <NumberField
        label="Pictures"
        hint="Each from a seed of its own, counting up."
        min={1}
        max={MAX_IMAGES}
        value={images}
        error={faultAt(faults, 'images')}
        testId="images"
        onCommit={(value) => edit((draft) => ({ ...draft, images: Math.round(value) }), 'images')}
      />
      <NumberField
        optional
        label="Steps"
        hint="More take longer and settle finer."
        min={1}
        max={1000}
        placeholder={open(defaults?.steps)}
        value={sampling.steps}
        error={fault('steps')}
        testId="steps"
        onCommit={(value) => set({ steps: value === null ? null : Math.round(value) })}
      />
      <NumberField
        optional
        label="Guidance"
        hint="How literally a prompt is taken."
        min={0}
        max={50}
        step={0.5}
        placeholder={open(defaults?.guidance)}
        value={sampling.guidance ?? null}
        error={fault('guidance')}
        onCommit={(value) => set({ guidance: value })}
      />
      <NumberField
        label="Less glare"
        hint="Back to natural contrast, 0 to 1 (guidance rescale)."
        min={0}
        max={1}
        step={0.1}
        value={sampling.guidance_rescale}
        error={fault('guidance_rescale')}
        testId="rescale"
        onCommit={(value) => set({ guidance_rescale: value })}
      />
      <NumberField
        optional
        label="Fresh noise"
        hint="Noise added at each step, 0 to 1 (DDIM’s η)."
        min={0}
        max={1}
        step={0.1}
        placeholder={(sampling.scheduler ?? 'ddim') === 'ddim' ? open(defaults?.eta) : '0'}
        value={sampling.eta ?? null}
        error={fault('eta')}
        testId="eta"
        onCommit={(value) => set({ eta: value })}
      />
      <div className={styles.wide}>
        <SelectField
          label="How it steps"
          hint="DPM-Solver++ settles in fewer steps, and takes no fresh noise (scheduler)."
          value={sampling.scheduler ?? ''}
          options={[
            ['', defaults ? `as the model: ${SCHEDULERS[defaults.scheduler]}` : 'as the model'],
            ['ddim', SCHEDULERS.ddim],
            ['dpmsolver++', SCHEDULERS['dpmsolver++']],
            ...(flows ? [['flow-euler', SCHEDULERS['flow-euler']] as const] : []),
          ]}
          error={fault('scheduler')}
          testId="scheduler"
          onChange={(value) => set({ scheduler: value === '' ? null : value })}
        />
      </div>
    </div>
  );
}

/** How the picture is sampled; a field left empty takes the model's measured default. */
export function SamplingPanel() {
  const { sampling, images } = useDraft((now) => now.draft);
  const defaults = useModel()?.defaults;
  const steps = sampling.steps ?? defaults?.steps;
  const guidance = sampling.guidance ?? defaults?.guidance;
  const says = [images > 1 && counted(images, 'picture'), `${steps} steps`, `guidance ${guidance}`].filter(Boolean);
  return (
    <details className={styles.section} data-testid="sampling">
      <summary>
        <Icon name="chevron" size={12} />
        <span className={styles.title}>Sampling</span>
        <span className={styles.says}>{steps !== undefined && says.join(', ')}</span>
      </summary>
      <Basics />
      <div className={styles.folds}>
        <Fold summary="Save more than the picture">
          <SavedNodes />
        </Fold>
        <Fold summary="Advanced" testId="advanced">
          <Advanced />
        </Fold>
      </div>
    </details>
  );
}
