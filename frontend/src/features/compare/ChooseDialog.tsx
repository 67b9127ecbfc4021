import { useJobs, usePicture } from '../../api/queries';
import type { JobResource, Output } from '../../api/types';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Unanswered } from '../../ui/Unanswered';
import { useObjectUrl } from '../../ui/useObjectUrl';
import { words } from '../../words/words';
import { seedOf } from '../jobs/words';
import styles from './compare.module.css';
import { useLabelOf } from './grids';
import { nameOf } from './nameOf';
import type { Side } from './read';
import { useComparing, type Which } from './state';

const say = words.compare;

interface PickProps {
  job: JobResource;
  output: Output;
  current: boolean;
  onChoose: (side: Side) => void;
}

function Pick({ job, output, current, onChoose }: PickProps) {
  const url = useObjectUrl(usePicture(output.url).data);
  const name = nameOf(job, output, useLabelOf(job.id));
  const said = `${name}, ${say.facts.seed.toLowerCase()} ${seedOf(output, job.spec) ?? say.unknown}`;
  return (
    <button
      type="button"
      className={styles.pick}
      aria-label={said}
      aria-current={current}
      title={said}
      data-testid="pick-picture"
      data-job={job.id}
      onClick={() => onChoose({ job: job.id, picture: output.name })}
    >
      <div className={styles.picked} style={{ aspectRatio: `${output.width} / ${output.height}` }}>
        {url && <img src={url} alt="" />}
      </div>
      <span>{name}</span>
    </button>
  );
}

function Picks({ which, onChoose }: { which: Which; onChoose: (side: Side) => void }) {
  const { data: jobs, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useJobs();
  const side = useComparing((now) => now[which]);
  const made = jobs?.filter(({ outputs }) => outputs.length > 0) ?? [];
  return (
    <>
      {jobs === undefined && <Unanswered error={error} onAgain={() => refetch()} />}
      {jobs && made.length === 0 && <p className={styles.none}>{say.noPictures}</p>}
      <div className={styles.picks}>
        {made.flatMap((job) =>
          job.outputs.map((output) => (
            <Pick
              key={output.url}
              job={job}
              output={output}
              current={side?.job === job.id && (side.picture ?? job.outputs[0]?.name) === output.name}
              onChoose={onChoose}
            />
          )),
        )}
      </div>
      {hasNextPage && (
        <Button disabled={isFetchingNextPage} onClick={() => fetchNextPage()}>
          {say.older}
        </Button>
      )}
    </>
  );
}

interface ChooseDialogProps {
  /** The side that is chosen; null while the dialog is closed. */
  which: Which | null;
  onChoose: (side: Side) => void;
  onClose: () => void;
}

/** The pictures of the history, to choose one for a side. */
export function ChooseDialog({ which, onChoose, onClose }: ChooseDialogProps) {
  const title = which === 'right' ? say.chooseRight : say.chooseLeft;
  return (
    <Dialog title={title} open={which !== null} onClose={onClose}>
      {which && <Picks which={which} onChoose={onChoose} />}
    </Dialog>
  );
}
