import { usePicture } from '../../api/queries';
import type { JobResource, Output } from '../../api/types';
import { useStream, viewOf } from '../../stream/store';
import { useFrame } from '../../stream/useFrame';
import { useObjectUrl } from '../../ui/useObjectUrl';
import { useNodes } from '../diagnostics/useNodes';
import { type Run, useRun, useSeries } from '../diagnostics/useRun';
import { useLive, useOutput } from '../jobs/useJob';
import { pictureOf } from '../jobs/words';
import { frameOfImage, savedOf, stepShown, type Tile } from './tiles';

export interface TilePicture {
  run: Run;
  /** The saved picture of the tile. Undefined until the run has ended, and if none is saved. */
  saved: Output | undefined;
  /** The address of the saved picture, if the canvas shows finished pictures. */
  url: string | null;
  /** The newest preview, or the frame of the step that the canvas shows. */
  frame: { picture: ImageBitmap; step: number } | null;
  /** The step that the canvas shows. */
  step: number;
}

/** The picture of a tile at the step that the canvas shows: saved, kept by the server, or still in the memory of this
 * tab. */
export function useTile(job: JobResource, { node }: Tile): TilePicture {
  const run = useRun(job);
  const { outputs } = useLive(job);
  const shown = useOutput(job);
  const saved = savedOf(node, outputs, shown, job.spec);
  const result = useObjectUrl(usePicture(saved?.url).data);
  const found = useNodes(job).nodes.find(({ name }) => name === node);
  const newest = useStream((now) => found && now.previews[job.id]?.[viewOf(found.index, 'x0')]);
  const series = useSeries(job, run, found, 'x0');

  const follows = run.active && !run.held;
  const step = stepShown(run, shown ? pictureOf(shown, job.spec).image : 1);
  const wanted = follows || (saved && !run.held) ? undefined : frameOfImage(series?.steps ?? [], step, run.taken);
  const kept = useFrame(series, wanted ?? null);
  const live = newest && (follows || newest.step === wanted) ? newest : null;
  return { run, saved, url: saved && !run.held ? (result ?? null) : null, frame: kept ?? live, step };
}
