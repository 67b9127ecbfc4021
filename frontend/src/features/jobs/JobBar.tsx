import { useRef } from 'react';
import { usePicture } from '../../api/queries';
import type { JobResource } from '../../api/types';
import { useFrameFaults } from '../../stream/useFrame';
import { AskAgain } from '../../ui/AskAgain';
import { useKeysScroll } from '../../ui/useKeysScroll';
import { useStanding } from '../../ui/useStanding';
import { words } from '../../words/words';
import { Curves } from '../diagnostics/Curves';
import { MapLegend } from '../diagnostics/MapLegend';
import { ShowSwitch } from '../diagnostics/ShowSwitch';
import { Timeline } from '../diagnostics/Timeline';
import { useNodes } from '../diagnostics/useNodes';
import { type Run, useRun, useSeries } from '../diagnostics/useRun';
import { ExportMenu } from '../export/ExportMenu';
import { Chips } from './Chips';
import { JobButtons } from './JobButtons';
import styles from './jobs.module.css';
import { Notices } from './Notices';
import { LookChoice, PictureChoice } from './Pictures';
import { Progress } from './Progress';
import { useLive, useOutput } from './useJob';

/** A sentence about a run whose steps cannot be shown, or not all. */
function FrameNote({ job, run }: { job: JobResource; run: Run }) {
  const fault = useFrameFaults((now) => Object.values(now)[0]);
  const { main } = useNodes(job);
  const series = useSeries(job, run, main, 'x0');
  const none = !run.active && run.index?.nodes.length === 0 && run.newest > 0;
  const says = none ? (series?.steps.length ? words.dock.framesOnlyHere : words.dock.noFrames) : fault;
  return says ? (
    <p className={styles.notices} role={fault ? 'alert' : undefined} data-testid="frames-note">
      {says}
    </p>
  ) : null;
}

/** Says that the finished picture is not here yet, or could not be loaded. */
function PictureNote({ job }: { job: JobResource }) {
  const output = useOutput(job);
  const { data, error: newest, refetch } = usePicture(output?.url);
  const error = useStanding(newest, data !== undefined, output?.url);
  if (!output || data) return null;
  return (
    <p className={`${styles.notices} ${error ? '' : styles.late}`} role={error ? 'alert' : 'status'}>
      {error ? words.shell.pictureFailed : words.compare.loading}{' '}
      {error && <AskAgain small asking={newest === null} data-testid="picture-again" onClick={() => refetch()} />}
    </p>
  );
}

/** The job whose picture is on the canvas: its progress and actions, its steps, and what the canvas shows of them. */
export function JobBar({ job }: { job: JobResource }) {
  const { state, error } = useLive(job);
  const run = useRun(job);
  const remarks = useRef<HTMLDivElement>(null);
  useKeysScroll(remarks);
  return (
    <>
      <div className={styles.row}>
        <Progress job={job} />
        <Chips shown={job.id} />
        <JobButtons job={job} />
      </div>
      <Timeline job={job} run={run} />
      <div className={styles.row}>
        <ShowSwitch job={job} run={run} />
        <MapLegend run={run} />
        <PictureChoice job={job} />
        <LookChoice job={job} />
        <div ref={remarks} className={styles.remarks}>
          <PictureNote job={job} />
          <Notices job={job} />
          <FrameNote job={job} run={run} />
          {state === 'failed' && error && (
            <p className={styles.failed} role="alert" data-testid="problem">
              <strong>{error.title}.</strong> {error.detail}
            </p>
          )}
        </div>
        <Curves job={job} run={run} />
        <ExportMenu job={job} run={run} />
      </div>
    </>
  );
}
