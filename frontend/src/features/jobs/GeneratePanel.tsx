import { shownKeys } from '../../actions/chord';
import { ApiProblem, faultAt } from '../../api/problem';
import { useDraft } from '../../document/store';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { goTo, useUnfit } from '../../ui/unfit';
import { words } from '../../words/words';
import { SeedField } from '../layout/SeedField';
import { setAgree, setSeed } from '../sampling/draft';
import { StartNote } from '../start/StartNote';
import styles from './jobs.module.css';
import { SlowNotice } from './SlowNotice';
import { useGenerate } from './useGenerate';
import { listed } from './words';

const MEET = 'sampling.agree.space: pixels'; // the server's sentence suggests this setting

function Refused({ said }: { said: string }) {
  return (
    <div className={`${styles.problem} ${styles.refused}`}>
      <p role="alert" data-testid="problem">
        {said}
      </p>
      {said.includes(MEET) && (
        <Button data-testid="meet-in-pixels" onClick={() => setAgree({ space: 'pixels' })}>
          {words.jobs.meetInPixels}
        </Button>
      )}
    </div>
  );
}

/** The fields that must be corrected first. Each field shows its own error. */
function Unfit() {
  const fields = useUnfit((now) => now.fields);
  if (fields.length === 0) return null;
  return (
    <p className={`${styles.problem} ${styles.unfit}`} role="alert" data-testid="unfit">
      {words.jobs.correctFirst}
      {fields.map(({ id, label }) => (
        <button key={id} type="button" className={styles.toField} onClick={() => goTo(id)}>
          {label}
        </button>
      ))}
    </p>
  );
}

/** Asks before anything is generated without a prompt. */
function NoPrompt() {
  const { asking, answer } = useGenerate();
  return (
    <Dialog title={words.jobs.noPromptTitle} open={asking} onClose={() => answer(false)}>
      <p className={styles.asks}>{words.jobs.noPromptSays}</p>
      <div className={styles.choices}>
        <Button data-testid="generate-anyway" onClick={() => answer(true)}>
          {words.jobs.generateAnyway}
        </Button>
        <Button
          look="primary"
          data-first
          data-testid="write-prompt"
          onClick={() => {
            answer(false);
            requestAnimationFrame(() => document.querySelector<HTMLElement>('textarea[data-prompt]')?.focus());
          }}
        >
          {words.jobs.writePrompt}
        </Button>
      </div>
    </Dialog>
  );
}

/** The primary action, with its cost, the errors that prevent it, and the seed. */
export function GeneratePanel() {
  const seed = useDraft((now) => now.draft.sampling.seed);
  const { compiled, problem, faults, ready, submission, generate } = useGenerate();
  const refused = submission.error instanceof ApiProblem ? submission.error : null;
  const shown = problem ?? refused;
  const expects =
    compiled &&
    listed([
      compiled.seconds === null ? null : words.numbers.about(compiled.seconds),
      words.jobs.views(compiled.views),
    ]);
  return (
    <div className={styles.footer}>
      {shown && <Refused said={shown.message} />}
      {compiled?.notes.map((note) => (
        <p key={note} className={styles.note} data-testid="note">
          {note}.
        </p>
      ))}
      <SlowNotice />
      <Unfit />
      <StartNote />
      <NoPrompt />
      <SeedField
        label={words.terms.seed}
        value={seed}
        placeholder={words.jobs.randomSeed}
        error={faultAt(faults, 'sampling', 'seed')}
        testIds={{ seed: 'seed', reroll: 'reroll' }}
        onChange={setSeed}
      />
      <Button
        look="primary"
        className={styles.generate}
        data-testid="generate"
        disabled={!ready || (problem !== null && problem.status !== 0)}
        title={shownKeys('Mod+Enter')}
        onClick={() => generate()}
      >
        {submission.isPending ? words.pictures.sending : words.jobs.generate}
        {expects && !submission.isPending && <span className={styles.expects}>{expects}</span>}
      </Button>
    </div>
  );
}
