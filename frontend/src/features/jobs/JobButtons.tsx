import { isActive } from '../../api/queries';
import type { JobResource } from '../../api/types';
import { same } from '../../document/same';
import { Button } from '../../ui/Button';
import { Menu } from '../../ui/Menu';
import { words } from '../../words/words';
import { goesAround } from '../around/band';
import { lookAround } from '../around/state';
import { compareWith } from '../compare/state';
import { layersEntries } from '../export/layers';
import { copyAsCurl, copyAsPython } from '../gallery/copyAs';
import { downloadDocument, downloadPicture, downloadPictures } from '../gallery/download';
import { setSeed } from '../sampling/draft';
import { share } from '../sharing/state';
import { startFrom } from '../start/actions';
import { useReroll } from '../start/useReroll';
import { cancel, continueJob, openInEditor, retry, stop } from './actions';
import styles from './jobs.module.css';
import { MoreSteps } from './MoreSteps';
import { useGenerate } from './useGenerate';
import { useLive, useOutput } from './useJob';
import { seedOf } from './words';

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
      {job.can_continue || (state === 'succeeded' && job.outputs.length > 0) ? (
        <MoreSteps key={job.id} job={job} />
      ) : null}
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
        <Button small icon="dice" data-testid="reroll-box" title={words.jobs.rerollKeys} onClick={reroll}>
          {words.jobs.reroll}
        </Button>
      )}
      {output && goesAround(job.spec.layout, output) && (
        <Button small icon="around" data-testid="look-around" onClick={() => lookAround(output)}>
          {words.around.view}
        </Button>
      )}
      {output && (
        <Button small icon="picture" data-testid="start-from" onClick={() => startFrom(output)}>
          {words.jobs.startFrom}
        </Button>
      )}
      {output && (
        <Button small icon="download" data-testid="download" onClick={() => downloadPicture(job, output)}>
          {words.jobs.download}
        </Button>
      )}
      {outputs.length > 1 && (
        <Button small data-testid="download-all" onClick={() => downloadPictures(job, outputs)}>
          {words.jobs.downloadAll(outputs.length)}
        </Button>
      )}
      {!isActive({ state }) && !same(layout, job.spec.layout) && (
        <Button small icon="open" data-testid="open-job" onClick={() => openInEditor(job)}>
          {words.jobs.openLayout}
        </Button>
      )}
      <Menu
        label={words.jobs.more}
        testId="job-menu"
        entries={[
          { label: words.jobs.openInEditor, icon: 'open', onSelect: () => openInEditor(job) },
          {
            label: words.compare.with,
            icon: 'compare',
            testId: 'compare-with',
            disabled: !output,
            onSelect: () => compareWith(job.id, output?.name),
          },
          {
            label: words.jobs.useSeed,
            icon: 'dice',
            onSelect: () => setSeed(seedOf(output, job.spec)),
          },
          { label: words.jobs.saveDocument, icon: 'download', onSelect: () => downloadDocument(job.spec, job.id) },
          {
            label: words.sharing.open,
            icon: 'link',
            testId: 'share-job',
            disabled: state !== 'succeeded',
            onSelect: () => share('job', job),
          },
          layersEntries(job, output),
          { label: words.file.copyCurl, icon: 'code', onSelect: () => copyAsCurl(job.spec) },
          { label: words.file.copyPython, icon: 'code', onSelect: () => copyAsPython(job.spec) },
        ]}
      />
    </div>
  );
}
