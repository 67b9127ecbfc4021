import { LIMITS } from '../../api/limits';
import type { Agree, DescentStepSize, StepSize } from '../../api/types';
import { useDraft } from '../../document/store';
import { NumberField } from '../../ui/NumberField';
import { SelectField } from '../../ui/SelectField';
import { movingBy, setAgree } from './draft';
import { Group, useFault } from './Group';
import styles from './sampling.module.css';

const SOLVERS: readonly (readonly [Agree['solver'], string])[] = [
  ['auto', 'automatic'],
  ['diagonal', 'weighted average of each cell (diagonal)'],
  ['conjugate', 'conjugate gradients'],
  ['gradient', 'least squares by gradient steps'],
  ['descent', 'the paper’s descent on X and λ'],
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

/** Lambda of the paper's descent: its prior, and its own rate. */
function DescentFields({ size }: { size: DescentStepSize }) {
  const fault = useFault();
  const change = (part: Partial<DescentStepSize>) => setAgree({ step_size: { ...size, ...part } });
  return (
    <>
      <NumberField
        label="Prior ρ"
        hint="Holds λ at 1: a larger one more strongly (Eq. 41)."
        value={size.rho}
        {...LIMITS.DescentStepSize.rho}
        step={0.1}
        error={fault('agree', 'step_size')}
        testId="rho"
        onCommit={(rho) => change({ rho })}
      />
      <NumberField
        label="Rate of λ"
        hint="How far λ goes in one iteration."
        value={size.rate}
        {...LIMITS.DescentStepSize.rate}
        step={0.1}
        testId="lambda-rate"
        onCommit={(rate) => change({ rate })}
      />
    </>
  );
}

/** Choose another solver. A free step size changes to the form that this solver has. */
function choose(solver: Agree['solver'], { step_size }: Agree): void {
  setAgree({ solver, step_size: step_size === 'fixed' ? 'fixed' : movingBy(solver, step_size) });
}

function Solver({ agree }: { agree: Agree }) {
  const fault = useFault();
  const descends = agree.solver === 'descent';
  return (
    <div className={styles.wide}>
      <SelectField
        label="Solver"
        hint={
          descends
            ? 'The paper’s own algorithm: a fixed number of steps from the noisy picture. It allows no fresh noise.'
            : 'How the picture that fits all views best is computed.'
        }
        value={agree.solver}
        options={SOLVERS}
        error={fault('agree', 'solver')}
        testId="solver"
        onChange={(solver) => choose(solver, agree)}
      />
    </div>
  );
}

/** How far a view moves along its noise: fixed, or free with the settings of the solver's form. */
function Lambda({ agree: { solver, step_size: size } }: { agree: Agree }) {
  const fault = useFault();
  const moving = size !== 'fixed';
  return (
    <div className={styles.wide}>
      <SelectField
        label="Step size λ"
        hint="How far a view moves along the noise that it predicts."
        value={moving ? 'moving' : 'fixed'}
        options={[
          ['fixed', 'fixed: λ = 1'],
          ['moving', solver === 'descent' ? 'descends with the picture' : 'solved at each step'],
        ]}
        error={moving ? undefined : fault('agree', 'step_size')}
        testId="step-size"
        onChange={(value) => setAgree({ step_size: value === 'moving' ? movingBy(solver, null) : 'fixed' })}
      />
    </div>
  );
}

const ITERATIVE: Partial<Record<Agree['solver'], string>> = {
  conjugate: 'Of the solver, at most.',
  gradient: 'Of the solver, at most.',
  descent: 'Of the descent, at every step. More come closer to the best fit.',
};

const RATED: Partial<Record<Agree['solver'], string>> = {
  gradient: 'Of the gradient steps.',
  descent: 'How far the picture goes in one iteration.',
};

/** The iterations and the rate of a solver that has them. */
function IterationFields({ agree: { solver, iterations, rate } }: { agree: Agree }) {
  const fault = useFault();
  return (
    <>
      {ITERATIVE[solver] && (
        <NumberField
          optional
          label="Iterations"
          hint={ITERATIVE[solver]}
          {...LIMITS.Agree.iterations}
          placeholder="default"
          value={iterations ?? null}
          error={fault('agree', 'iterations')}
          testId="iterations"
          onCommit={(value) => setAgree({ iterations: value })}
        />
      )}
      {RATED[solver] && (
        <NumberField
          optional
          label="Learning rate"
          hint={RATED[solver]}
          {...LIMITS.Agree.rate}
          step={0.1}
          placeholder="default"
          value={rate ?? null}
          error={fault('agree', 'rate')}
          testId="rate"
          onCommit={(value) => setAgree({ rate: value })}
        />
      )}
    </>
  );
}

/** The settings of the agreement: its solver, its space, and lambda. */
export function AgreeFields() {
  const agree = useDraft((now) => now.draft.sampling.agree);
  const fault = useFault();
  const { step_size: size } = agree;
  return (
    <Group title="Agreement of the views">
      <Solver agree={agree} />
      <Lambda agree={agree} />
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
      {size !== 'fixed' && ('mu' in size ? <StepSizeFields size={size} /> : <DescentFields size={size} />)}
      <IterationFields agree={agree} />
    </Group>
  );
}
