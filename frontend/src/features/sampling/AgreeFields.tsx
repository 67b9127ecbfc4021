import { LIMITS } from '../../api/limits';
import type { Agree, StepSize } from '../../api/types';
import { useDraft } from '../../document/store';
import { NumberField } from '../../ui/NumberField';
import { SelectField } from '../../ui/SelectField';
import { MOVING, setAgree } from './draft';
import { Group, useFault } from './Group';
import styles from './sampling.module.css';

const SOLVERS: readonly (readonly [Agree['solver'], string])[] = [
  ['auto', 'automatic'],
  ['diagonal', 'weighted average of each cell (diagonal)'],
  ['conjugate', 'conjugate gradients'],
  ['gradient', 'gradient descent'],
  ['counting', 'counting of overlaps (Bethe)'],
];

const SPACES: readonly (readonly [Agree['space'], string])[] = [
  ['latent', 'in latents'],
  ['pixels', 'in pixels'],
];

function StepSizeFields({ size }: { size: StepSize }) {
  const fault = useFault();
  const change = (part: Partial<typeof size>) => setAgree({ step_size: { ...size, ...part } });
  return (
    <>
      <NumberField
        label="Penalty μ"
        hint="A lower penalty lets λ leave 1 sooner, and leaves some noise in."
        value={size.mu}
        {...LIMITS.StepSize.mu}
        step={0.01}
        error={fault('agree', 'step_size')}
        testId="mu"
        onCommit={(mu) => change({ mu })}
      />
      <div className={styles.pair}>
        <NumberField
          label="λ from"
          value={size.min}
          {...LIMITS.StepSize.min}
          step={0.1}
          onCommit={(min) => change({ min })}
        />
        <NumberField
          label="λ to"
          value={size.max}
          {...LIMITS.StepSize.max}
          step={0.1}
          onCommit={(max) => change({ max })}
        />
      </div>
    </>
  );
}

/** The settings of the agreement: its solver, its space, and lambda. */
export function AgreeFields() {
  const agree = useDraft((now) => now.draft.sampling.agree);
  const fault = useFault();
  const moving = agree.step_size !== 'fixed';
  return (
    <Group title="Agreement of the views">
      <div className={styles.wide}>
        <SelectField
          label="Solver"
          hint="How the picture that fits all views best is computed."
          value={agree.solver}
          options={SOLVERS}
          error={fault('agree', 'solver')}
          testId="solver"
          onChange={(solver) => setAgree({ solver })}
        />
      </div>
      <div className={styles.wide}>
        <SelectField
          label="Step size λ"
          hint="How far a view moves along the noise that it predicts."
          value={moving ? 'moving' : 'fixed'}
          options={[
            ['fixed', 'fixed: λ = 1'],
            ['moving', 'solved at each step'],
          ]}
          error={moving ? undefined : fault('agree', 'step_size')}
          testId="step-size"
          onChange={(value) => setAgree({ step_size: value === 'moving' ? MOVING : 'fixed' })}
        />
      </div>
      <div className={styles.wide}>
        <SelectField
          label="Space"
          hint="Models whose latents differ agree in pixels, each through its own VAE, which takes longer."
          value={agree.space}
          options={SPACES}
          error={fault('agree', 'space')}
          testId="space"
          onChange={(space) => setAgree({ space })}
        />
      </div>
      {agree.step_size !== 'fixed' && 'mu' in agree.step_size && <StepSizeFields size={agree.step_size} />}
      {(agree.solver === 'gradient' || agree.solver === 'conjugate') && (
        <NumberField
          optional
          label="Iterations"
          hint="Of the solver, at most."
          {...LIMITS.Agree.iterations}
          placeholder="default"
          value={agree.iterations ?? null}
          error={fault('agree', 'iterations')}
          onCommit={(value) => setAgree({ iterations: value })}
        />
      )}
      {agree.solver === 'gradient' && (
        <NumberField
          optional
          label="Learning rate"
          hint="Of the gradient descent."
          {...LIMITS.Agree.rate}
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
