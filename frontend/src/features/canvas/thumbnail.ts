import { canvasOf, EMPTY } from '../../document/draft';
import type { Example } from '../../document/examples';
import { withJob } from '../../document/job';

const WIDTH = 240;

/** The pictures of the examples, which `python -m scripts.thumbnails` makes. None is inlined in the script. */
const FILES = import.meta.glob<string>('./thumbnails/*.webp', {
  eager: true,
  query: '?url&no-inline',
  import: 'default',
});

/** The address and the size of an example's thumbnail. Both readings of an illusion, and two tiles of a texture, stand
 * side by side. */
export function thumbnailOf({ id, job }: Example): { src: string | undefined; width: number; height: number } {
  const { width, height } = canvasOf(withJob(EMPTY, job));
  const pictures = job.layout.kind === 'illusion' || job.layout.kind === 'texture' ? 2 : 1;
  const src = FILES[`./thumbnails/${id}.webp`];
  return { src, width: WIDTH, height: Math.round((WIDTH * height) / (width * pictures)) };
}
