import { useEffect, useState } from 'react';
import { usePicture } from '../../api/queries';
import type { Box, Canvas, JobResource } from '../../api/types';
import { canvasOfLayout } from '../../document/job';
import { useSession } from '../../session';
import { retire } from '../../stream/retire';
import { useStream, viewOf } from '../../stream/store';
import { useNodes } from '../diagnostics/useNodes';
import { useOutput } from '../jobs/useJob';

/** The pictures on the canvas. `view`: one node of the graph or another kind of preview, over the main picture. */
export interface Painting {
  /** The size of the job's picture; null if there is no job. */
  canvas: Canvas | null;
  main: ImageBitmap | null;
  view: { image: ImageBitmap; boxes: Box[]; colour: string } | null;
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

/** The current picture of a job: the finished one or its latest preview, and the requested view. */
export function usePainting(job: JobResource | undefined): Painting {
  const show = useSession((now) => now.show);
  const output = useOutput(job);
  const { nodes, main } = useNodes(job);
  const result = useBitmap(usePicture(output?.url).data);
  const previews = useStream((now) => (job ? now.previews[job.id] : undefined));
  const preview = previews?.[viewOf(main?.index ?? 0, 'x0')];

  const canvas = job ? { ...canvasOfLayout(job.spec.layout), ...sizeOf(output ?? main?.output) } : null;
  const node = show.node === null ? main : nodes.find((one) => one.name === show.node);
  const aside = show.node !== null || show.what !== 'x0';
  const asked = aside && node ? previews?.[viewOf(node.index, show.what)] : undefined;
  return {
    canvas,
    main: result ?? preview?.picture ?? null,
    view: asked && node ? { image: asked.picture, boxes: node.boxes, colour: node.colour } : null,
    finished: result !== null,
    previews: preview?.painted ?? 0,
    step: preview?.step ?? 0,
  };
}

const sizeOf = (sized: { width: number; height: number } | undefined) =>
  sized && { width: sized.width, height: sized.height };
