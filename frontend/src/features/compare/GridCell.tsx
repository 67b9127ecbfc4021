import { useEffect, useRef } from 'react';
import { isActive, refreshAfterAbsence, useJobAnswer, usePicture } from '../../api/queries';
import type { JobResource, Output } from '../../api/types';
import { canvasOfLayout } from '../../document/job';
import { showJob, useSession } from '../../session';
import { useStream, viewOf } from '../../stream/store';
import { Button } from '../../ui/Button';
import { Unanswered } from '../../ui/Unanswered';
import { useObjectUrl } from '../../ui/useObjectUrl';
import { words } from '../../words/words';
import { useNodes } from '../diagnostics/useNodes';
import { openInEditor } from '../jobs/actions';
import { useLive } from '../jobs/useJob';
import styles from './grid.module.css';
import type { Cell } from './read';
import { toggleChosen, useComparing } from './state';
import { useFigures } from './useFigures';

const say = words.compare;

function Finished({ output, label }: { output: Output; label: string }) {
  const url = useObjectUrl(usePicture(output.url).data);
  return url && <img src={url} alt={label} data-testid="grid-picture" />;
}

/** The latest preview of a running job. */
function Running({ job }: { job: JobResource }) {
  const main = useNodes(job).main?.index ?? 0;
  const preview = useStream((now) => now.previews[job.id]?.[viewOf(main, 'x0')]?.picture);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (preview) canvas.current?.getContext('2d')?.drawImage(preview, 0, 0);
  }, [preview]);
  return preview && <canvas ref={canvas} width={preview.width} height={preview.height} data-testid="grid-preview" />;
}

function State({ job }: { job: JobResource }) {
  const { state, progress, error } = useLive(job);
  if (state === 'succeeded') return null;
  const share = state === 'running' && progress.of > 0 ? ` ${Math.round((100 * progress.step) / progress.of)} %` : '';
  return (
    <p className={styles.state}>
      {words.jobs.states[state]}
      {share}
      {state === 'failed' && error && `: ${error.detail}`}
    </p>
  );
}

const SHOWN = ['seconds', 'forwards', 'seam', 'residual'] as const;

function FiguresOf({ job, output }: { job: JobResource; output: Output | undefined }) {
  const figures = useFigures(job, output);
  return (
    <dl className={styles.figures}>
      {SHOWN.map((name) => (
        <div key={name} data-figure={name}>
          <dt title={(say.factSays as Readonly<Record<string, string>>)[name]}>{say.facts[name]}</dt>
          <dd>{figures[name]}</dd>
        </div>
      ))}
    </dl>
  );
}

function show(job: JobResource): void {
  showJob(job.id);
  useSession.setState({ view: 'canvas' });
}

/** Take the document of a job over into the editor, and show its picture there. */
function use(job: JobResource): void {
  openInEditor(job);
  show(job);
}

function Made({ job, label }: { job: JobResource; label: string }) {
  const live = useLive(job);
  const output = live.outputs[0];
  const chosen = useComparing((now) => now.chosen.includes(job.id));
  const { width, height } = output ?? canvasOfLayout(job.spec.layout);
  return (
    <>
      <div className={styles.pictured}>
        <button
          type="button"
          className={styles.picture}
          style={{ aspectRatio: `${width} / ${height}` }}
          aria-label={say.showOne(label)}
          title={say.showOne(label)}
          onClick={() => show(job)}
        >
          {output ? <Finished output={output} label={label} /> : isActive(live) && <Running job={job} />}
        </button>
        <State job={job} />
      </div>
      <FiguresOf job={job} output={output} />
      <div className={styles.acts}>
        <Button
          small
          icon="compare"
          aria-pressed={chosen}
          aria-label={say.choosing(label)}
          disabled={!output}
          data-testid="grid-choose"
          onClick={() => toggleChosen(job.id)}
        >
          {say.compareThis}
        </Button>
        <Button small icon="open" aria-label={say.useSays(label)} data-testid="grid-use" onClick={() => use(job)}>
          {say.use}
        </Button>
      </div>
    </>
  );
}

/** One picture of a grid, with what was measured of it. */
export function GridCell({ cell: { label, says, job: id, why } }: { cell: Cell }) {
  const { job, error } = useJobAnswer(id);
  const missing = id === null ? why : job === null ? say.gone : null;
  return (
    <li className={styles.cell} data-testid="grid-cell" data-job={id ?? undefined}>
      <h3 className={styles.label}>{label}</h3>
      {says && <p className={styles.says}>{says}</p>}
      {missing !== null && <p className={styles.why}>{missing}</p>}
      {job === undefined && <Unanswered error={error} loading={say.loadingJob} onAgain={refreshAfterAbsence} />}
      {job && <Made job={job} label={label} />}
    </li>
  );
}
