import type { Preset } from '../../api/types';
import { useDraft } from '../../document/store';
import { Segmented } from '../../ui/Segmented';
import { words } from '../../words/words';
import { useModel } from '../jobs/useGenerate';
import { set } from './draft';
import styles from './sampling.module.css';

const NAMES = ['fast', 'default', 'best'] as const;
type Name = (typeof NAMES)[number];

/** The model's presets of scheduler and steps. None is chosen while the draft has steps, a scheduler or a spacing of its
 * own. */
export function QualityField() {
  const { preset, steps, scheduler, spacing } = useDraft((now) => now.draft.sampling);
  const model = useModel();
  if (!model || Object.keys(model.presets).length === 0) return null;
  const known: Partial<Record<string, Preset>> = { ...model.presets, default: model.defaults };
  const options = NAMES.flatMap((value) => {
    const one = known[value];
    const title = one && words.sampling.presetIs(one.steps, words.sampling.schedulers[one.scheduler]);
    return title ? [{ value, title, label: words.sampling.presets[value], testId: `quality-${value}` }] : [];
  });
  return (
    <div className={`${styles.wide} ${styles.quality}`} title={words.sampling.qualityHint}>
      <span>{words.sampling.quality}</span>
      <Segmented<Name | ''>
        label={words.sampling.quality}
        value={steps == null && scheduler == null && spacing == null ? (preset ?? 'default') : ''}
        options={options}
        onChange={(value) =>
          set({
            preset: value === 'default' || value === '' ? null : value,
            steps: null,
            scheduler: null,
            spacing: null,
            finer: [],
          })
        }
      />
    </div>
  );
}
