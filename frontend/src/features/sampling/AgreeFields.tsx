import { LIMITS } from '../../api/limits';
import type { Agree, DescentStepSize, StepSize } from '../../api/types';
import { useDraft } from '../../document/store';
import { NumberField } from '../../ui/NumberField';
import { SelectField } from '../../ui/SelectField';
import { optionsOf, words } from '../../words/words';
import { movingBy, setAgree } from './draft';
import { Group, useFault } from './Group';
import styles from './sampling.module.css';

function StepSizeFields({ size }: { size: StepSize }) {
  const fault = useFault();
  const change = (part: Partial<typeof size>) => setAgree({ step_size: { ...size, ...part } });
  return (
    <>
      <NumberField
        label={words.sampling.penalty}
        hint={words.sampling.penaltyHint}
        value={size.mu}
        {...LIMITS.StepSize.mu}
        step={0.01}
        error={fault('agree', 'step_size')}
        testId="mu"
        onCommit={(mu) => change({ mu })}
      />
      <div className={styles.pair}>
        <NumberField
          label={words.sampling.lambdaFrom}
          value={size.min}
          {...LIMITS.StepSize.min}
          step={0.1}
          onCommit={(min) => change({ min })}
        />
        <NumberField
          label={words.sampling.lambdaTo}
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
        label={words.sampling.prior}
        hint={words.sampling.priorHint}
        value={size.rho}
        {...LIMITS.DescentStepSize.rho}
        step={0.1}
        error={fault('agree', 'step_size')}
        testId="rho"
        onCommit={(rho) => change({ rho })}
      />
      <NumberField
        label={words.sampling.lambdaRate}
        hint={words.sampling.lambdaRateHint}
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
        label={words.sampling.solver}
        hint={descends ? words.sampling.descentHint : words.sampling.solverHint}
        value={agree.solver}
        options={optionsOf(words.sampling.solvers)}
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
        label={words.sampling.stepSize}
        hint={words.sampling.stepSizeHint}
        value={moving ? 'moving' : 'fixed'}
        options={[
          ['fixed', words.sampling.stepFixed],
          ['moving', solver === 'descent' ? words.sampling.stepDescends : words.sampling.stepSolved],
        ]}
        error={moving ? undefined : fault('agree', 'step_size')}
        testId="step-size"
        onChange={(value) => setAgree({ step_size: value === 'moving' ? movingBy(solver, null) : 'fixed' })}
      />
    </div>
  );
}

/** A sentence for each solver that has a setting. */
type Solving = Partial<Record<Agree['solver'], string>>;

/** The iterations and the rate of a solver that has them. */
function IterationFields({ agree: { solver, iterations, rate } }: { agree: Agree }) {
  const fault = useFault();
  const iterative: Solving = words.sampling.iterationsHints;
  const rated: Solving = words.sampling.rateHints;
  return (
    <>
      {iterative[solver] && (
        <NumberField
          optional
          label={words.sampling.iterations}
          hint={iterative[solver]}
          {...LIMITS.Agree.iterations}
          placeholder={words.sampling.byDefault}
          value={iterations ?? null}
          error={fault('agree', 'iterations')}
          testId="iterations"
          onCommit={(value) => setAgree({ iterations: value })}
        />
      )}
      {rated[solver] && (
        <NumberField
          optional
          label={words.sampling.rate}
          hint={rated[solver]}
          {...LIMITS.Agree.rate}
          step={0.1}
          placeholder={words.sampling.byDefault}
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
    <Group title={words.sampling.agreement}>
      <Solver agree={agree} />
      <Lambda agree={agree} />
      <div className={styles.wide}>
        <SelectField
          label={words.sampling.space}
          hint={words.sampling.spaceHint}
          value={agree.space}
          options={optionsOf(words.sampling.spaces)}
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
