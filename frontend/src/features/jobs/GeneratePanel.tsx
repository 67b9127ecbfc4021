import { shownKeys } from '../../actions/chord';
import { ApiProblem, faultAt } from '../../api/problem';
import { useDraft } from '../../document/store';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Icon } from '../../ui/icons';
import { Menu } from '../../ui/Menu';
import { goTo, useUnfit } from '../../ui/unfit';
import { words } from '../../words/words';
import { openVariations, sendMethods } from '../compare/actions';
import { SeedField } from '../layout/SeedField';
import { writeFirst } from '../prompts/promptFocus';
import { setAgree, setSeed } from '../sampling/draft';
import { StartNote } from '../start/StartNote';
import { NoWorker } from '../workers/NoWorker';
import { generateFirst } from './commands';
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
            writeFirst();
          }}
        >
          {words.jobs.writePrompt}
        </Button>
      </div>
    </Dialog>
  );
}

/** A menu beside Generate: the other ways to generate from the layout. */
const Otherwise = ({ disabled }: { disabled: boolean }) => (
  <Menu
    label={words.jobs.otherwise}
    testId="generate-otherwise"
    look="primary"
    className={styles.otherwise}
    disabled={disabled}
    entries={[
      {
        label: words.jobs.generateFirst,
        icon: 'spark',
        keys: shownKeys('Mod+Shift+Enter'),
        testId: 'generate-first',
        onSelect: generateFirst,
      },
      { label: words.compare.variations, icon: 'dice', testId: 'generate-variations', onSelect: openVariations },
      { label: words.compare.sendMethods, icon: 'compare', testId: 'generate-methods', onSelect: sendMethods },
    ]}
  >
    <Icon name="unfold" />
  </Menu>
);

/** The primary action, with its cost, the errors that prevent it, and the seed. */
export function GeneratePanel() {
  const seed = useDraft((now) => now.draft.sampling.seed);
  const { compiled, problem, faults, ready, submission, generate } = useGenerate();
  const refused = submission.error instanceof ApiProblem ? submission.error : null;
  const shown = problem ?? refused;
  const blocked = !ready || (problem !== null && problem.status !== 0);
  const expects =
    compiled &&
    listed([
      compiled.seconds === null ? null : words.numbers.about(compiled.seconds),
      words.jobs.views(compiled.views),
    ]);
  return (
    <div className={styles.footer} data-footer>
      {shown && <Refused said={shown.message} />}
      {compiled?.notes.map((note) => (
        <p key={note} className={styles.note} data-testid="note">
          {note}.
        </p>
      ))}
      <SlowNotice />
      <NoWorker />
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
      <div className={styles.sending}>
        <Button
          look="primary"
          className={styles.generate}
          data-testid="generate"
          data-remains="start"
          disabled={blocked}
          title={shownKeys('Mod+Enter')}
          onClick={() => generate()}
        >
          {submission.isPending ? words.pictures.sending : words.jobs.generate}
          {expects && !submission.isPending && <span className={styles.expects}>{expects}</span>}
        </Button>
        <Otherwise disabled={blocked} />
      </div>
    </div>
  );
}
