import { useEffect, useState } from 'react';
import { usePicture } from '../../api/queries';
import type { Box, Canvas, JobResource } from '../../api/types';
import { canvasOfLayout } from '../../document/job';
import { useSession } from '../../session';
import { retire } from '../../stream/retire';
import { frameAt } from '../../stream/series';
import { useStream, viewOf } from '../../stream/store';
import { useFrame } from '../../stream/useFrame';
import { useNodes } from '../diagnostics/useNodes';
import { useRun, useSeries } from '../diagnostics/useRun';
import { useOutput } from '../jobs/useJob';
import { useStaged } from '../start/staged';

/** One node of the graph or another kind of preview. */
interface View {
  image: ImageBitmap;
  boxes: Box[];
  colour: string;
  name: string;
  step: number;
}

/** The pictures on the canvas. `view`: what lies over the main picture. */
export interface Painting {
  /** The size of the job's picture; null if there is no job. */
  canvas: Canvas | null;
  main: ImageBitmap | null;
  view: View | null;
  /** True if `main` is the finished picture. */
  finished: boolean;
  /** The number of different previews painted of this job, and the step of the last one. */
  previews: number;
  step: number;
}

/** The decoded picture; null until then. */
export function useBitmap(blob: Blob | undefined): ImageBitmap | null {
  const [decoded, setDecoded] = useState<{ blob: Blob; bitmap: ImageBitmap } | null>(null);
  useEffect(() => {
    if (!blob) return;
    let current = true;
    const decoding = createImageBitmap(blob);
    decoding.then((bitmap) => current && setDecoded({ blob, bitmap })).catch(() => undefined);
    return () => {
      current = false;
      decoding.then(retire).catch(() => undefined);
    };
  }, [blob]);
  return decoded !== null && decoded.blob === blob ? decoded.bitmap : null;
}

/** The picture before a reroll, while the visitor compares it with the new one. */
function useBefore(): ImageBitmap | null {
  const url = useStaged((now) => (now.comparing ? now.staged?.before.url : undefined));
  return useBitmap(usePicture(url).data);
}

/** The current picture of a job: the finished one, its latest preview or the chosen step, and the requested view. */
export function usePainting(job: JobResource | undefined): Painting {
  const show = useSession((now) => now.show);
  const output = useOutput(job);
  const { nodes, main } = useNodes(job);
  const before = useBefore();
  const result = useBitmap(usePicture(output?.url).data);
  const previews = useStream((now) => (job ? now.previews[job.id] : undefined));
  const preview = previews?.[viewOf(main?.index ?? 0, 'x0')];

  const run = useRun(job);
  const node = show.node === null ? main : nodes.find((one) => one.name === show.node);
  const aside = show.node !== null || show.what !== 'x0';
  const looksBack = run?.held || (run !== undefined && !run.active);
  const of = useSeries(job, run, main, 'x0');
  const ofView = useSeries(job, run, aside ? node : undefined, show.what);
  const stepOf = (series: typeof of) => (run && series && frameAt(series.steps, run.step)) ?? null;
  const frame = useFrame(of, run?.held ? stepOf(of) : null);
  const kept = useFrame(ofView, looksBack ? stepOf(ofView) : null);
  const live = aside && node && !run?.held ? previews?.[viewOf(node.index, show.what)] : undefined;
  const asked = kept ?? live;

  const canvas = job ? { ...canvasOfLayout(job.spec.layout), ...sizeOf(output ?? main?.output) } : null;
  const now = frame?.picture ?? result ?? preview?.picture ?? null;
  const view = asked &&
    node &&
    !before && {
      image: asked.picture,
      boxes: node.boxes,
      colour: node.colour,
      name: `${node.name}/${show.what}`,
      step: asked.step,
    };
  return {
    canvas,
    main: before ?? now,
    view: view || null,
    finished: result !== null && now === result && !run?.held,
    previews: preview?.painted ?? (frame ? 1 : 0),
    step: frame?.step ?? preview?.step ?? 0,
  };
}

const sizeOf = (sized: { width: number; height: number } | undefined) =>
  sized && { width: sized.width, height: sized.height };
