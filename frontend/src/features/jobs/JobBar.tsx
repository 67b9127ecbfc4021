import { isActive } from '../../api/queries';
import type { JobResource } from '../../api/types';
import { same } from '../../document/same';
import { useStream } from '../../stream/store';
import { Button } from '../../ui/Button';
import { Menu } from '../../ui/Menu';
import { Residuals } from '../diagnostics/Residuals';
import { ShowSwitch } from '../diagnostics/ShowSwitch';
import { copyAsCurl, copyAsPython } from '../gallery/copyAs';
import { downloadDocument, downloadPicture, downloadPictures } from '../gallery/download';
import { setSeed } from '../sampling/draft';
import { startFrom } from '../start/actions';
import { useReroll } from '../start/useReroll';
import { cancel, openInEditor, retry } from './actions';
import styles from './jobs.module.css';
import { Notices } from './Notices';
import { LookChoice, PictureChoice } from './Pictures';
import { useGenerate } from './useGenerate';
import { useLive, useOutput, useShownJob } from './useJob';
import { counted, duration, STATES, seedsOf, titleOf } from './words';

function Progress({ job }: { job: JobResource }) {
  const { state, progress, seconds } = useLive(job);
  const reason = useStream((now) => now.jobs[job.id]?.reason);
  const { step, of } = progress;
  const share = state === 'succeeded' ? 1 : of > 0 ? step / of : 0;
  const before = job.position ?? 0;
  const left =
    step > 2 && step < of && seconds !== null
      ? `, about ${duration(Math.ceil((seconds / step) * (of - step)))} left`
      : '';
  const says = {
    queued: reason ?? job.last_error?.detail ?? (before > 0 ? `${counted(before, 'job')} before it` : 'next in line'),
    running: job.cancel_requested
      ? 'stopping after this step'
      : of > 0
        ? `step ${step} of ${of}${left}`
        : 'loading the model',
    succeeded: [seconds === null ? null : `in ${duration(seconds)}`, seedsOf(job.spec)].filter(Boolean).join(', '),
    failed: '',
    cancelled: of > 0 ? `at step ${step} of ${of}` : '',
  }[state];
  return (
    <div className={styles.state} data-testid="progress" data-step={step} data-of={of} data-state={state}>
      <div className={styles.says}>
        <strong>{STATES[state]}</strong>
        <span>{says}</span>
        {!isActive({ state }) && <span className={styles.muted}>{titleOf(job.spec)}</span>}
      </div>
      {isActive({ state }) && (
        <div
          className={styles.track}
          role="progressbar"
          aria-label="Progress of the picture"
          aria-valuemin={0}
          aria-valuemax={of || 1}
          aria-valuenow={step}
          aria-valuetext={`${STATES[state]}, ${says}`}
        >
          <div className={styles.fill} style={{ transform: `scaleX(${share})` }} />
        </div>
      )}
    </div>
  );
}

function Actions({ job }: { job: JobResource }) {
  const { state, outputs } = useLive(job);
  const output = useOutput(job);
  const reroll = useReroll(job);
  const { compiled, job: drawn } = useGenerate();
  const layout = (compiled?.job ?? drawn)?.layout; // with the defaults that the job has, too
  return (
    <div className={styles.actions}>
      {isActive({ state }) && (
        <Button small data-testid="cancel" disabled={job.cancel_requested} onClick={() => cancel(job.id)}>
          {job.cancel_requested ? 'Stopping' : 'Cancel'}
        </Button>
      )}
      {(state === 'failed' || state === 'cancelled') && (
        <Button small icon="retry" data-testid="retry" onClick={() => retry(job.id)}>
          Try again
        </Button>
      )}
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

function Shown({ job }: { job: JobResource }) {
  const { state, error } = useLive(job);
  return (
    <>
      <div className={styles.row}>
        <Progress job={job} />
        <ShowSwitch job={job} />
        <PictureChoice job={job} />
        <LookChoice job={job} />
        <Residuals job={job} />
      </div>
      <div className={styles.row}>
        <div className={styles.remarks}>
          <Notices job={job} />
          {state === 'failed' && error && (
            <p className={styles.failed} role="alert" data-testid="problem">
              <strong>{error.title}.</strong> {error.detail}
            </p>
          )}
        </div>
        <Actions job={job} />
      </div>
    </>
  );
}

/** The job whose picture is on the canvas: its progress, what the canvas shows, and its actions. */
export function JobBar() {
  const job = useShownJob();
  return job ? <Shown key={job.id} job={job} /> : null;
}
