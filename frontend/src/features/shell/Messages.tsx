import { ApiProblem, faultAt } from '../../api/problem';
import { useModels } from '../../api/queries';
import { useSignIn } from '../../api/signIn';
import { bringInside, outsiders } from '../../document/boxes';
import { enlarged, hasMasks, tooSmall } from '../../document/enlarged';
import { edit, useDraft } from '../../document/store';
import { showJob } from '../../session';
import { AskAgain } from '../../ui/AskAgain';
import { Button } from '../../ui/Button';
import { useStanding } from '../../ui/useStanding';
import { words } from '../../words/words';
import { useGenerate, useModel } from '../jobs/useGenerate';
import { AsideNotice, UnkeptNotice } from './AsideNotice';
import styles from './messages.module.css';

/** Says that the models cannot be asked for, or that there are none. */
function NoModels() {
  const { data, error: newest, isFetching, refetch } = useModels();
  const error = useStanding(newest, data !== undefined);
  const asked = error instanceof ApiProblem && error.status === 401; // the dialog for the key says it
  const says = asked ? null : (error?.message ?? (data?.length === 0 ? words.shell.noModel : null));
  if (!says) return null;
  return (
    <p className={styles.notice} role="alert">
      {says} {error && <AskAgain small asking={isFetching} onClick={() => refetch()} />}
    </p>
  );
}

/** Says that the browser is not signed in, once the visitor has closed the dialog for the key. */
function SignedOut() {
  const closed = useSignIn((now) => now.wanted && now.closed);
  if (!closed) return null;
  return (
    <p className={styles.notice} role="status" data-testid="signed-out">
      {words.shell.signedOut}{' '}
      <Button small onClick={() => useSignIn.setState({ closed: false })}>
        {words.shell.signIn}
      </Button>
    </p>
  );
}

/** Says what the server refuses of the canvas. */
function CanvasFault() {
  const { faults } = useGenerate();
  const fault = faultAt(faults, 'layout', 'canvas');
  return fault ? (
    <p className={styles.notice} role="alert">
      {fault}
    </p>
  ) : null;
}

function Outsiders() {
  const count = useDraft((now) => outsiders(now.draft).length);
  if (count === 0) return null;
  return (
    <p className={styles.notice}>
      {words.size.outside(count)}{' '}
      <Button small onClick={() => edit(bringInside)}>
        {words.size.bringInside}
      </Button>
    </p>
  );
}

/** Offers to make the layout larger, if its model was trained on pictures at least twice as large. */
function TooSmall() {
  const draft = useDraft((now) => now.draft);
  const model = useModel();
  const small = model && tooSmall(draft, model.native_size);
  if (!model || !small) return null;
  const { part, width, height, by } = small;
  const enlarge = () => {
    edit((now) => enlarged(now, model.native_size, by));
    showJob(null); // its picture has the old size
  };
  return (
    <div className={`${styles.aside} ${styles.offer}`} role="status" data-testid="too-small">
      <span>{words.size.small(model.title, model.native_size, words.size.parts[part], width, height)}</span>
      {hasMasks(draft) ? (
        part === 'canvas' && <span>{words.size.masksStay}</span>
      ) : (
        <Button small onClick={enlarge}>
          {words.size.enlarge(by)}
        </Button>
      )}
    </div>
  );
}

/** What the visitor must know before going on, above the canvas. */
export function Messages() {
  return (
    <>
      <UnkeptNotice />
      <AsideNotice />
      <SignedOut />
      <NoModels />
      <CanvasFault />
      <Outsiders />
      <TooSmall />
    </>
  );
}
