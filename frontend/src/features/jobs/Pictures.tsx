import type { JobResource, Layout } from '../../api/types';
import { LOOKS } from '../../geometry/look';
import { type Look, showJob, useSession } from '../../session';
import controls from '../../ui/controls.module.css';
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
      aria-label={`Which of the ${outputs.length} pictures to show`}
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

const TILES: [Look, string][] = [
  ['identity', 'One tile'],
  ['tiled', 'Four tiles'],
];

/** The ways to look at a picture of this layout: each view of an illusion, or copies side by side. */
function looksOf(layout: Layout): [Look, string][] {
  if (layout.kind === 'texture') return TILES;
  if (layout.kind !== 'illusion') return [];
  return [...new Set(layout.views.map(({ transform }) => transform))].map((one) => [one, LOOKS[one]]);
}

/** Choose how the picture is shown: as a view of an illusion, or beside copies of itself. */
export function LookChoice({ job }: { job: JobResource }) {
  const look = useSession((now) => now.look);
  const looks = looksOf(job.spec.layout);
  if (looks.length < 2) return null;
  return (
    <select
      className={`${controls.input} ${controls.select} ${styles.choice}`}
      aria-label="How to look at the picture"
      value={look}
      data-testid="look"
      onChange={({ target }) => useSession.setState({ look: target.value as Look })}
    >
      {!looks.some(([value]) => value === look) && <option value={look}>As it is</option>}
      {looks.map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}
