import type { JobResource, Layout } from '../../api/types';
import { type Look, showJob, useSession } from '../../session';
import controls from '../../ui/controls.module.css';
import { words } from '../../words/words';
import styles from './jobs.module.css';
import { useLive, useOutput } from './useJob';
import { titleOfOutput } from './words';

/** Choose which of a job's pictures the canvas shows, if it has several. */
export function PictureChoice({ job }: { job: JobResource }) {
  const { outputs } = useLive(job);
  const shown = useOutput(job);
  if (outputs.length < 2) return null;
  return (
    <select
      className={`${controls.input} ${controls.select} ${styles.choice}`}
      aria-label={words.jobs.whichPicture(outputs.length)}
      value={shown?.name ?? ''}
      data-testid="picture"
      onChange={({ target }) => showJob(job.id, target.value)}
    >
      {outputs.map((output) => (
        <option key={output.name} value={output.name}>
          {titleOfOutput(output, job.spec)}
        </option>
      ))}
    </select>
  );
}

const tiles = (): [Look, string][] => [
  ['identity', words.jobs.oneTile],
  ['tiled', words.jobs.fourTiles],
];

/** The ways to look at a picture of this layout: each view of an illusion, or copies side by side. */
function looksOf(layout: Layout): [Look, string][] {
  if (layout.kind === 'texture') return tiles();
  if (layout.kind !== 'illusion') return [];
  return [...new Set(layout.views.map(({ transform }) => transform))].map((one) => [one, words.looks.ways[one]]);
}

/** Choose how the picture is shown: as a view of an illusion, or beside copies of itself. */
export function LookChoice({ job }: { job: JobResource }) {
  const look = useSession((now) => now.look);
  const looks = looksOf(job.spec.layout);
  if (looks.length < 2) return null;
  return (
    <select
      className={`${controls.input} ${controls.select} ${styles.choice}`}
      aria-label={words.jobs.lookLabel}
      value={look}
      data-testid="look"
      onChange={({ target }) => useSession.setState({ look: target.value as Look })}
    >
      {!looks.some(([value]) => value === look) && <option value={look}>{words.looks.ways.identity}</option>}
      {looks.map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}
