import { useEffect, useState } from 'react';
import { usePicture } from '../../api/queries';
import type { Box, JobResource, Layout } from '../../api/types';
import { canvasOfLayout } from '../../document/draft';
import { useSession } from '../../session';
import { MAIN_VIEW, useStream, viewOf } from '../../stream/store';
import { useNodes } from '../diagnostics/useNodes';
import { useLive } from '../jobs/useJob';

/** What lies on the canvas. `view`: one node of the graph, or another side of the picture, laid over it. */
export interface Painting {
  main: ImageBitmap | null;
  view: { image: ImageBitmap; boxes: Box[]; colour: string } | null;
  /** Whether `main` is the finished picture. */
  finished: boolean;
  /** How many different previews have been painted of this job, and the step of the last one. */
  previews: number;
  step: number;
}

function useBitmap(blob: Blob | undefined): ImageBitmap | null {
  const [decoded, setDecoded] = useState<{ blob: Blob; bitmap: ImageBitmap } | null>(null);
  useEffect(() => {
    if (!blob) return;
    let current = true;
    createImageBitmap(blob)
      .then((bitmap) => current && setDecoded({ blob, bitmap }))
      .catch(() => undefined);
    return () => {
      current = false;
    };
  }, [blob]);
  return decoded !== null && decoded.blob === blob ? decoded.bitmap : null;
}

function wholeOf(layout: Layout): Box {
  const { width, height } = canvasOfLayout(layout);
  return { x: 0, y: 0, width, height };
}

/** The picture of a job as it is now: the finished one, or its latest preview, and the view that was asked for. */
export function usePainting(job: JobResource | undefined): Painting {
  const show = useSession((now) => now.show);
  const live = useLive(job);
  const nodes = useNodes(job);
  const result = useBitmap(usePicture(live?.outputs[0]?.url).data);
  const previews = useStream((now) => (job ? now.previews[job.id] : undefined));
  const preview = previews?.[MAIN_VIEW];

  const node = nodes.find((one) => one.name === show.node);
  const asked = show.node !== 'x' || show.what !== 'x0' ? previews?.[viewOf(node?.index ?? 0, show.what)] : undefined;
  const whole = job ? [wholeOf(job.spec.layout)] : [];
  return {
    main: result ?? preview?.picture ?? null,
    view: asked ? { image: asked.picture, boxes: node?.boxes ?? whole, colour: node?.colour ?? 'transparent' } : null,
    finished: result !== null,
    previews: preview?.painted ?? 0,
    step: preview?.step ?? 0,
  };
}
