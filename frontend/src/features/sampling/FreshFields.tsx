import { LIMITS } from '../../api/limits';
import type { Fresh } from '../../api/types';
import { useDraft } from '../../document/store';
import { NumberField } from '../../ui/NumberField';
import { words } from '../../words/words';
import { scales } from '../diagnostics/nodes';
import { useGenerate } from '../jobs/useGenerate';
import { ActiveRange } from '../layout/ActiveRange';
import { set } from './draft';
import { useFault } from './Group';
import styles from './sampling.module.css';

const NONE: Fresh = { share: 0, active: [0, 1], filled: null };

/** Change the fresh noise. It is null while nothing of it is set. */
function change(fresh: Fresh, part: Partial<Fresh>): void {
  const next = { ...fresh, ...part };
  const [first, last] = next.active;
  const unset = next.share === 0 && next.filled == null && first === 0 && last === 1;
  set({ fresh: unset ? null : next });
}

/** The fresh noise of a step, beside eta; its range of the steps; and the noise that is filled into scaled views. */
export function FreshFields() {
  const sampling = useDraft((now) => now.draft.sampling);
  const { compiled } = useGenerate();
  const fault = useFault();
  const fresh = sampling.fresh ?? NONE;
  const scaled = compiled?.graph.observables.some(({ operator }) => scales(operator)) ?? false;
  const unused = (sampling.scheduler ?? 'ddim') !== 'ddim';
  return (
    <>
      <NumberField
        label={words.sampling.fresh}
        hint={unused ? words.sampling.freshUnused : words.sampling.freshHint}
        {...LIMITS.Fresh.share}
        step={0.1}
        value={fresh.share}
        disabled={unused && fresh.share === 0}
        error={fault('fresh', 'share')}
        testId="fresh"
        onCommit={(share) => change(fresh, { share })}
      />
      {fresh.share > 0 && (
        <div className={styles.wide}>
          <ActiveRange
            label={words.sampling.freshFrom}
            value={fresh.active}
            error={fault('fresh', 'active')}
            onChange={(active) => change(fresh, { active })}
          />
        </div>
      )}
      {(scaled || fresh.filled != null) && (
        <div className={styles.wide}>
          <NumberField
            optional
            label={words.sampling.filled}
            hint={words.sampling.filledHint}
            {...LIMITS.Fresh.filled}
            step={0.1}
            placeholder={words.sampling.asFresh}
            value={fresh.filled ?? null}
            disabled={unused && fresh.filled == null}
            error={fault('fresh', 'filled')}
            testId="filled"
            onCommit={(filled) => change(fresh, { filled })}
          />
        </div>
      )}
    </>
  );
}
