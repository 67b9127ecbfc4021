import type { Agree } from '../../api/types';
import { useDraft } from '../../document/store';
import { NumberField } from '../../ui/NumberField';
import { SelectField } from '../../ui/SelectField';
import { MOVING, setAgree } from './draft';
import { Group, useFault } from './Group';
import styles from './sampling.module.css';

const SOLVERS: readonly (readonly [Agree['solver'], string])[] = [
  ['auto', 'chosen for the layout'],
  ['diagonal', 'average cell by cell (diagonal)'],
  ['conjugate', 'conjugate gradients'],
  ['gradient', 'gradient descent, as the paper'],
  ['counting', 'counting overlaps (Bethe)'],
];

const SPACES: readonly (readonly [Agree['space'], string])[] = [
  ['latent', 'in the latents that they share'],
  ['pixels', 'in pixels'],
];

function StepSizeFields({ size }: { size: Exclude<Agree['step_size'], 'fixed'> }) {
  const fault = useFault();
  const change = (part: Partial<typeof size>) => setAgree({ step_size: { ...size, ...part } });
  return (
    <>
      <NumberField
        label="Reluctance"
        hint="Lower lets λ leave 1 sooner, and leaves noise in (μ of its penalty)."
        value={size.mu}
        min={0}
        max={1000}
        step={0.01}
        error={fault('agree', 'step_size')}
        testId="mu"
        onCommit={(mu) => change({ mu })}
      />
      <div className={styles.pair}>
        <NumberField label="λ from" value={size.min} min={0} max={1} step={0.1} onCommit={(min) => change({ min })} />
        <NumberField label="to" value={size.max} min={1} max={10} step={0.1} onCommit={(max) => change({ max })} />
      </div>
    </>
  );
}

/** How the views are brought to agree, and whether lambda moves. */
export function AgreeFields() {
  const agree = useDraft((now) => now.draft.sampling.agree);
  const fault = useFault();
  const moving = agree.step_size !== 'fixed';
  return (
    <Group title="How views agree">
      <div className={styles.wide}>
        <SelectField
          label="Solver"
          hint="How the one picture is found that fits all views best."
          value={agree.solver}
          options={SOLVERS}
          error={fault('agree', 'solver')}
          testId="solver"
          onChange={(solver) => setAgree({ solver })}
        />
      </div>
      <div className={styles.wide}>
        <SelectField
          label="How far a view may step"
          hint="Along the noise that it predicts; the paper lets it choose (λ, Eq. 30)."
          value={moving ? 'moving' : 'fixed'}
          options={[
            ['fixed', 'all the way (λ = 1)'],
            ['moving', 'as far as fits the others (λ moves)'],
          ]}
          error={moving ? undefined : fault('agree', 'step_size')}
          testId="step-size"
          onChange={(value) => setAgree({ step_size: value === 'moving' ? MOVING : 'fixed' })}
        />
      </div>
      <div className={styles.wide}>
        <SelectField
          label="Where models meet"
          hint="In pixels also those whose latents differ, each through its own VAE, which takes longer (space)."
          value={agree.space}
          options={SPACES}
          error={fault('agree', 'space')}
          testId="space"
          onChange={(space) => setAgree({ space })}
        />
      </div>
      {agree.step_size !== 'fixed' && <StepSizeFields size={agree.step_size} />}
      {(agree.solver === 'gradient' || agree.solver === 'conjugate') && (
        <NumberField
          optional
          label="Rounds of solving"
          hint="At most (iterations)."
          min={1}
          max={10_000}
          placeholder="default"
          value={agree.iterations ?? null}
          error={fault('agree', 'iterations')}
          onCommit={(value) => setAgree({ iterations: value && Math.round(value) })}
        />
      )}
      {agree.solver === 'gradient' && (
        <NumberField
          optional
          label="How fast"
          hint="The descent’s rate."
          min={0.001}
          max={100}
          step={0.1}
          placeholder="default"
          value={agree.rate ?? null}
          error={fault('agree', 'rate')}
          onCommit={(rate) => setAgree({ rate })}
        />
      )}
    </Group>
  );
}
