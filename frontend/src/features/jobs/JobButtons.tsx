import { isActive } from '../../api/queries';
import type { JobResource } from '../../api/types';
import { same } from '../../document/same';
import { Button } from '../../ui/Button';
import { Menu } from '../../ui/Menu';
import { words } from '../../words/words';
import { compareWith } from '../compare/state';
import { copyAsCurl, copyAsPython } from '../gallery/copyAs';
import { downloadDocument, downloadPicture, downloadPictures } from '../gallery/download';
import { setSeed } from '../sampling/draft';
import { startFrom } from '../start/actions';
import { useReroll } from '../start/useReroll';
import { cancel, continueJob, openInEditor, retry, stop } from './actions';
import styles from './jobs.module.css';
import { useGenerate } from './useGenerate';
import { useLive, useOutput } from './useJob';

const { dock } = words;

/** Stop, cancel, continue or retry the job. */
function RunButtons({ job }: { job: JobResource }) {
  const { state } = useLive(job);
  const asked = job.cancel_requested || job.stop_requested;
  return (
    <>
      {state === 'running' && (
        <Button
          small
          icon="stop"
          title={dock.stopTitle}
          data-testid="stop"
          disabled={asked}
          onClick={() => stop(job.id)}
        >
          {job.stop_requested ? dock.stopping : dock.stop}
        </Button>
      )}
      {isActive({ state }) && (
        <Button
          small
          title={dock.cancelTitle}
          data-testid="cancel"
          disabled={job.cancel_requested}
          onClick={() => cancel(job.id)}
        >
          {job.cancel_requested ? dock.cancelling : dock.cancel}
        </Button>
      )}
      {job.can_continue && (
        <Button small icon="play" title={dock.continueTitle} data-testid="continue" onClick={() => continueJob(job.id)}>
          {dock.continue}
        </Button>
      )}
      {(state === 'failed' || state === 'cancelled') && (
        <Button small icon="retry" data-testid="retry" onClick={() => retry(job.id)}>
          {dock.tryAgain}
        </Button>
      )}
    </>
  );
}

/** What can be done with the job on the canvas. */
export function JobButtons({ job }: { job: JobResource }) {
  const { state, outputs } = useLive(job);
  const output = useOutput(job);
  const reroll = useReroll(job);
  const { compiled, job: drawn } = useGenerate();
  const layout = (compiled?.job ?? drawn)?.layout; // with the defaults that the job has, too
  return (
    <div className={styles.actions}>
      <RunButtons job={job} />
      {output && reroll && (
        <Button small icon="dice" data-testid="reroll-box" title="Shift R on the canvas" onClick={reroll}>
          Reroll this box
        </Button>
      )}
      {output && (
        <Button small icon="picture" data-testid="start-from" onClick={() => startFrom(output)}>
          Start from this
        </Button>
      )}
      {output && (
        <Button small icon="download" data-testid="download" onClick={() => downloadPicture(job, output)}>
          Download
        </Button>
      )}
      {outputs.length > 1 && (
        <Button small data-testid="download-all" onClick={() => downloadPictures(job, outputs)}>
          All {outputs.length}
        </Button>
      )}
      {!isActive({ state }) && !same(layout, job.spec.layout) && (
        <Button small icon="open" data-testid="open-job" onClick={() => openInEditor(job)}>
          Open layout
        </Button>
      )}
      <Menu
        label="More to do with this job"
        entries={[
          { label: 'Open in the editor', icon: 'open', onSelect: () => openInEditor(job) },
          {
            label: words.compare.with,
            icon: 'compare',
            testId: 'compare-with',
            disabled: !output,
            onSelect: () => compareWith(job.id, output?.name),
          },
          {
            label: 'Use its seed',
            icon: 'dice',
            onSelect: () => setSeed(job.spec.sampling.seed ?? null),
          },
          { label: 'Save its document (JSON)', icon: 'download', onSelect: () => downloadDocument(job.spec, job.id) },
          { label: 'Copy as curl', icon: 'code', onSelect: () => copyAsCurl(job.spec) },
          { label: 'Copy as Python', icon: 'code', onSelect: () => copyAsPython(job.spec) },
        ]}
      />
    </div>
  );
}
