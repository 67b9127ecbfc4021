import { useQuery } from '@tanstack/react-query';
import { fetchBlob } from '../../api/client';
import { queries, useForwards, useGraph, useModels } from '../../api/queries';
import type { Box, Canvas, JobResource, Output } from '../../api/types';
import { canvasOfLayout } from '../../document/job';
import { words } from '../../words/words';
import { useLive } from '../jobs/useJob';
import { pictureOf, seedOf } from '../jobs/words';
import { viewBorders } from './borders';
import { type Pixels, seamScore } from './seams';

const say = words.compare;

/** Decode a picture to its bytes. */
async function pixelsOf(blob: Blob): Promise<Pixels> {
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none' });
  try {
    const canvas = document.createElement('canvas');
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('The browser cannot decode the picture.');
    context.drawImage(bitmap, 0, 0);
    return context.getImageData(0, 0, bitmap.width, bitmap.height);
  } finally {
    bitmap.close();
  }
}

async function scoreOf(url: string, boxes: readonly Box[]): Promise<number | null> {
  const picture = await queries.fetchQuery({
    queryKey: ['picture', url],
    queryFn: () => fetchBlob(url),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return seamScore(await pixelsOf(picture), boxes);
}

/** The seam score of a finished picture; null if it has no border inside. */
function useSeam(job: JobResource | undefined, output: Output | undefined): number | null | undefined {
  const graph = useGraph(output && job).data;
  const cell = useModels().data?.find(({ id }) => id === job?.spec.sampling.model)?.cell;
  return useQuery({
    queryKey: ['seam', output?.url],
    queryFn: () => {
      if (!job || !output || !graph || !cell) return null;
      const { node } = pictureOf(output, job.spec);
      const { wrap } = canvasOfLayout(job.spec.layout);
      const canvas: Canvas = { width: output.width, height: output.height, wrap };
      return scoreOf(output.url, viewBorders(graph, node, canvas, cell));
    },
    enabled: output !== undefined && graph !== undefined && cell !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  }).data;
}

export const FIGURES = ['seed', 'seconds', 'forwards', 'seam', 'residual', 'size'] as const;
export type Figures = Record<(typeof FIGURES)[number], string>;

const figure = (value: number | null | undefined, digits: number): string =>
  value == null ? say.unknown : value !== 0 && value < 10 ** -digits ? value.toExponential(1) : value.toFixed(digits);

/** What was measured of a job and one of its pictures, in words. */
export function useFigures(job: JobResource | undefined, output: Output | undefined): Figures {
  const live = useLive(job);
  const forwards = useForwards(job).data;
  const seam = useSeam(job, output);
  const seconds = live?.seconds;
  const seed = job && seedOf(output, job.spec);
  return {
    seed: seed == null ? say.unknown : String(seed),
    seconds: seconds == null ? say.unknown : words.numbers.duration(seconds),
    forwards: forwards === undefined ? say.unknown : words.numbers.whole(forwards),
    seam: figure(seam, 2),
    residual: figure(output?.residual, 3),
    size: output ? say.size(output.width, output.height) : say.unknown,
  };
}
