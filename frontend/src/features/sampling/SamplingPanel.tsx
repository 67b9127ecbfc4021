import { faultAt } from '../../api/problem';
import type { Draft } from '../../document/draft';
import { edit, useDraft } from '../../document/store';
import { Icon } from '../../ui/icons';
import { NumberField } from '../../ui/NumberField';
import { useGenerate, useModel } from '../jobs/useGenerate';
import { ModelPicker } from './ModelPicker';
import styles from './sampling.module.css';

type SamplingDraft = Draft['sampling'];

const set = (part: Partial<SamplingDraft>) =>
  edit((draft) => ({ ...draft, sampling: { ...draft.sampling, ...part } }), Object.keys(part).join(' '));

const open = (value: number | undefined) => (value === undefined ? 'default' : String(value));

/** How the picture is sampled; a field left empty takes the model's measured default. */
export function SamplingPanel() {
  const sampling = useDraft((now) => now.draft.sampling);
  const defaults = useModel()?.defaults;
  const { faults } = useGenerate();
  const fault = (...at: string[]) => faultAt(faults, 'sampling', ...at);
  const steps = sampling.steps ?? defaults?.steps;
  const guidance = sampling.guidance ?? defaults?.guidance;
  return (
    <details className={styles.section} data-testid="sampling">
      <summary>
        <Icon name="chevron" size={12} />
        <span className={styles.title}>Sampling</span>
        <span className={styles.says}>{steps !== undefined && `${steps} steps, guidance ${guidance}`}</span>
      </summary>
      <div className={styles.fields}>
        <div className={styles.narrow}>
          <ModelPicker />
        </div>
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
          optional
          label="Fresh noise"
          hint="Noise added at each step, 0 to 1 (DDIM’s eta)."
          min={0}
          max={1}
          step={0.1}
          placeholder={open(defaults?.eta)}
          value={sampling.eta ?? null}
          error={fault('eta')}
          onCommit={(value) => set({ eta: value })}
        />
        <NumberField
          optional
          label="View spacing"
          hint="Closer views overlap more and take longer (window stride)."
          affix="px"
          min={1}
          max={16_384}
          step={8}
          placeholder={open(defaults?.stride)}
          value={sampling.windows?.stride ?? null}
          error={fault('windows')}
          onCommit={(value) =>
            set({ windows: { ...sampling.windows, stride: value === null ? null : Math.round(value) } })
          }
        />
      </div>
    </details>
  );
}

/** The seed of the whole picture. */
export const setSeed = (seed: number | null) => set({ seed });
