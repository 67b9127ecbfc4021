import { usePicture } from '../../api/queries';
import type { PreviewSide } from '../../api/types';
import { useSession } from '../../session';
import { frameAt } from '../../stream/series';
import { useStream, viewOf } from '../../stream/store';
import { useFrame } from '../../stream/useFrame';
import { Bitmap } from '../../ui/Bitmap';
import { useObjectUrl } from '../../ui/useObjectUrl';
import { words } from '../../words/words';
import { useRun, useSeries } from '../diagnostics/useRun';
import { useShownJob } from '../jobs/useJob';
import styles from './cards.module.css';
import { count } from './loose';
import type { Seen } from './seen';

/** The outline of a window within its control, for a node without a picture. */
function Outline({ size, within, box, colour }: Pick<Seen, 'size' | 'within' | 'box' | 'colour'>) {
  const frame = (box && within) ?? size ?? { width: 1, height: 1 };
  const [x, y] = box && within ? [count(box.x), count(box.y)] : [0, 0];
  const { width, height } = (box && within && size) || frame;
  return (
    <svg viewBox={`0 0 ${frame.width} ${frame.height}`} className={styles.outline} aria-hidden="true">
      <rect width={frame.width} height={frame.height} className={styles.paper} />
      <rect x={x} y={y} width={width} height={height} fill={colour} fillOpacity={0.25} />
    </svg>
  );
}

function Preview({ bitmap, step, label }: { bitmap: ImageBitmap; step: number; label: string }) {
  return (
    <Bitmap
      bitmap={bitmap}
      className={styles.picture}
      role="img"
      aria-label={label}
      data-testid="node-preview"
      data-step={step}
    />
  );
}

/** The kept frame of a node at the step that the dock holds, or after the run at its last step. */
function useKept({ frame, name }: Seen, what: PreviewSide) {
  const job = useShownJob();
  const run = useRun(job);
  const series = useSeries(job, run, frame ? { name, index: frame.index } : undefined, what);
  const held = run?.held ?? false;
  const back = series !== null && run !== undefined && (held || !run.active);
  return { held, kept: useFrame(series, back ? (frameAt(series.steps, run.step) ?? null) : null) };
}

/** The picture of a node at the step that the dock shows: a kept frame, its finished picture, its newest preview, or else
 * the outline of its window. */
export function NodePicture({ node }: { node: Seen }) {
  const { frame, url, name } = node;
  const what = useSession((now) => now.show.what);
  const newest = useStream((now) => frame && now.previews[frame.job]?.[viewOf(frame.index, what)]);
  const { held, kept } = useKept(node, what);
  const result = useObjectUrl(usePicture(url ?? undefined).data);
  const finished = held || (kept && what !== 'x0') ? null : result;
  const shown = kept ?? (held ? null : newest);
  const label = words.graph.pictureOf(name);
  if (finished) return <img src={finished} alt={label} className={styles.picture} data-testid="node-preview" />;
  if (shown) return <Preview bitmap={shown.picture} step={shown.step} label={label} />;
  return <Outline {...node} />;
}
