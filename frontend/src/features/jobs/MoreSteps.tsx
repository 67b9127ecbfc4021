import { type FormEvent, useMemo, useState } from 'react';
import { LIMITS } from '../../api/limits';
import { ApiProblem, faultAt } from '../../api/problem';
import { useGraph } from '../../api/queries';
import { randomName } from '../../api/randomName';
import type { JobResource } from '../../api/types';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { NumberField } from '../../ui/NumberField';
import { SliderField } from '../../ui/SliderField';
import { stopsAtUnfit } from '../../ui/unfit';
import { useOnce } from '../../ui/useOnce';
import { words } from '../../words/words';
import { LEAST } from '../start/StartFields';
import { continueWith } from './actions';
import styles from './jobs.module.css';
import { useAsking } from './moreSteps';
import { whyNotRefined } from './refining';
import { useOutput } from './useJob';

const { dock } = words;
const STEPS = 20;
const STRENGTH = 0.3;

function Form({ job, onDone }: { job: JobResource; onDone: () => void }) {
  const rest = job.can_continue;
  const [steps, setSteps] = useState(STEPS);
  const [strength, setStrength] = useState(STRENGTH);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const picture = useOutput(job)?.name;
  const { step, of } = job.progress;
  const asked = rest ? { steps } : { steps, strength, picture: picture ?? null };
  const same = JSON.stringify(asked);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same request again, after a lost answer, makes no second job
  const name = useMemo(randomName, [same]);
  const sending = useOnce(async () => {
    try {
      await continueWith(job.id, asked, name);
      onDone();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setProblem(error);
    }
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!stopsAtUnfit(event.currentTarget)) sending.run();
  };
  const errors = problem?.faults ?? [];
  const fault = (name: string) => faultAt(errors, name);
  const placed = fault('steps') ?? fault('strength');
  return (
    <form className={styles.moreSteps} onSubmit={submit}>
      <p className={styles.note}>{rest ? dock.moreOfRest(of - step) : dock.moreOfResult}</p>
      <NumberField
        label={dock.moreStepsField}
        {...LIMITS.Sampling.steps}
        value={steps}
        error={fault('steps')}
        testId="more-steps-number"
        onCommit={setSteps}
      />
      {!rest && (
        <SliderField
          label={dock.moreStrength}
          hint={dock.moreStrengthHint}
          value={strength}
          min={LEAST}
          error={fault('strength')}
          testId="more-steps-strength"
          onChange={setStrength}
        />
      )}
      {problem && !placed && (
        <p className={styles.problem} role="alert">
          {problem.message}
        </p>
      )}
      <Button type="submit" look="primary" disabled={sending.doing} data-testid="more-steps-run">
        {sending.doing ? words.pictures.sending : dock.moreRun}
      </Button>
    </form>
  );
}

/** A button beside Continue: the job on the canvas goes on with more steps, or its picture is refined by more. */
export function MoreSteps({ job }: { job: JobResource }) {
  const open = useAsking((now) => now.job === job.id);
  const close = () => useAsking.setState({ job: null });
  const graph = useGraph(job).data;
  const output = useOutput(job);
  const why = job.can_continue ? null : whyNotRefined(graph, output);
  return (
    <>
      <Button
        small
        icon="spark"
        title={why ?? dock.moreStepsTitle}
        disabled={why !== null}
        data-testid="more-steps"
        onClick={() => useAsking.setState({ job: job.id })}
      >
        {dock.moreSteps}
      </Button>
      <Dialog title={dock.moreStepsAction} open={open} onClose={close}>
        <Form job={job} onDone={close} />
      </Dialog>
    </>
  );
}
