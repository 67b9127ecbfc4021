import { ApiProblem, faultAt } from '../../api/problem';
import { useDraft } from '../../document/store';
import { Button } from '../../ui/Button';
import { SeedField } from '../layout/SeedField';
import { setAgree, setSeed } from '../sampling/draft';
import { StartNote } from '../start/StartNote';
import styles from './jobs.module.css';
import { SlowNotice } from './SlowNotice';
import { useGenerate } from './useGenerate';
import { counted, duration } from './words';

const MEET = 'sampling.agree.space: pixels'; // how the server's sentence names this way out

function Refused({ said }: { said: string }) {
  return (
    <div className={`${styles.problem} ${styles.refused}`}>
      <p role="alert" data-testid="problem">
        {said}
      </p>
      {said.includes(MEET) && (
        <Button data-testid="meet-in-pixels" onClick={() => setAgree({ space: 'pixels' })}>
          Meet in pixels
        </Button>
      )}
    </div>
  );
}

/** The one primary action: what it will cost, what stands in its way, and the seed it repeats. */
export function GeneratePanel() {
  const seed = useDraft((now) => now.draft.sampling.seed);
  const { compiled, problem, faults, ready, submission, generate } = useGenerate();
  const refused = submission.error instanceof ApiProblem ? submission.error : null;
  const shown = problem ?? refused;
  const expects =
    compiled &&
    [compiled.seconds === null ? null : `~${duration(compiled.seconds)}`, counted(compiled.views, 'view')]
      .filter((part) => part !== null)
      .join(', ');
  return (
    <div className={styles.footer}>
      {shown && <Refused said={shown.message} />}
      {compiled?.notes.map((note) => (
        <p key={note} className={styles.note} data-testid="note">
          {note}.
        </p>
      ))}
      <SlowNotice />
      <StartNote />
      <SeedField
        label="Seed"
        value={seed}
        placeholder="random"
        error={faultAt(faults, 'sampling', 'seed')}
        testIds={{ seed: 'seed', reroll: 'reroll' }}
        onChange={setSeed}
      />
      <Button
        look="primary"
        className={styles.generate}
        data-testid="generate"
        disabled={!ready || (problem !== null && problem.status !== 0)}
        title="Ctrl+Enter"
        onClick={generate}
      >
        {submission.isPending ? 'Sending…' : 'Generate'}
        {expects && !submission.isPending && <span className={styles.expects}>{expects}</span>}
      </Button>
    </div>
  );
}
