import type { JobResource } from '../../api/types';
import { useSession } from '../../session';
import { useStream } from '../../stream/store';
import { Button, IconButton } from '../../ui/Button';
import { words } from '../../words/words';
import { curvePoints, logarithmic, range, stepTicks, valueTicks } from './curve';
import styles from './diagnostics.module.css';
import { follow, holdStep, play, usePlaying } from './steps';
import { useNodes } from './useNodes';
import type { Run } from './useRun';

const SIZE = { width: 1_000, height: 30 }; // of the drawing, which is stretched
const { dock } = words;

/** A step in words: with its picture, if the job makes several. */
function stepInWords({ step, of, taken }: Pick<Run, 'step' | 'of' | 'taken'>): string {
  if (step === 0) return dock.noStep;
  if (of <= taken) return dock.stepOf(step, of);
  return `${dock.stepOf(step, of)}, ${dock.imageStep(Math.ceil(step / taken), ((step - 1) % taken) + 1, taken)}`;
}

const share = (step: number, of: number) => (of > 1 ? (step - 1) / (of - 1) : 0);

/** The residual of every view over the steps, behind the slider. */
function Curves({ job, run }: { job: JobResource; run: Run }) {
  const residuals = useStream((now) => now.jobs[job.id]?.residuals);
  const selected = useSession((now) => now.selected);
  const { nodes } = useNodes(job);
  const curves = residuals ?? {};
  const bounds = range(Object.values(curves), logarithmic);
  const views = nodes.filter(({ name }) => curves[name]);
  const chosen = views.some(({ owner }) => owner !== null && owner === selected);
  const [low, , high] = valueTicks(bounds, (place) => 10 ** place);
  return (
    <>
      <svg
        className={styles.curves}
        viewBox={`0 0 ${SIZE.width} ${SIZE.height}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        {views.map(({ name, colour, owner }) => (
          <polyline
            key={name}
            points={curvePoints(curves[name] ?? [], run.of, logarithmic, bounds, SIZE)}
            stroke={colour}
            opacity={chosen && owner !== selected ? 0.3 : 1}
          />
        ))}
      </svg>
      {views.length > 0 && (
        <span className={styles.scale} aria-hidden="true">
          <span>{high?.text}</span>
          <span>{low?.text}</span>
        </span>
      )}
    </>
  );
}

/** The timeline of a run: a slider over its steps, with the residuals of the views above it. While the run goes on it
 * follows the newest step, unless the hand holds an older one. */
export function Timeline({ job, run }: { job: JobResource; run: Run }) {
  const playing = usePlaying((now) => now.playing);
  const { step, newest, of, held, active } = run;
  const aside = useSession(({ show }) => show.node !== null || show.what !== 'x0');
  const says = stepInWords(run);
  return (
    <div className={styles.timeline} data-testid="timeline" data-held={held || undefined}>
      <IconButton
        label={playing ? dock.pause : dock.play}
        icon={playing ? 'pause' : 'play'}
        disabled={newest < 2}
        data-testid="play"
        onClick={play}
      />
      <div className={styles.track}>
        <div className={styles.rail}>
          <Curves job={job} run={run} />
          <span className={styles.done} style={{ inlineSize: `${100 * share(newest, of)}%` }} />
          {stepTicks(of).map((tick) => (
            <span key={tick} className={styles.tick} style={{ insetInlineStart: `${100 * share(tick, of)}%` }}>
              {tick}
            </span>
          ))}
        </div>
        <input
          type="range"
          className={styles.scrubber}
          aria-label={dock.scrubber}
          aria-valuetext={says}
          title={says}
          min={1}
          max={Math.max(of, 1)}
          value={Math.max(step, 1)}
          disabled={newest === 0}
          data-testid="scrubber"
          data-step={step}
          onChange={({ target }) => {
            usePlaying.setState({ playing: false });
            holdStep(Number(target.value));
          }}
        />
      </div>
      <output className={styles.stepSays} data-testid="shown-step">
        {says}
      </output>
      <Button
        small
        look="quiet"
        className={styles.follow}
        disabled={!held && (active || !aside)}
        title={active ? dock.followTitle : dock.resultTitle}
        data-testid="follow"
        onClick={follow}
      >
        {active ? dock.follow : dock.result}
      </Button>
    </div>
  );
}
