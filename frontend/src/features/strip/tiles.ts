import type { Job, Layout, Output, Transform } from '../../api/types';
import { mainOf } from '../../document/job';
import { frameAt } from '../../stream/series';
import { words } from '../../words/words';
import type { Run } from '../diagnostics/useRun';
import { pictureOf } from '../jobs/words';

/** One picture of the strip: a node of the graph, and the way in which it is looked at. */
export interface Tile {
  id: string;
  node: string;
  look: Transform;
  title: string;
  /** The id of the part of the draft that it belongs to. Undefined if the draft has no such part. */
  owner: string | undefined;
}

/** The tiles of a layout whose parts are compared: the three pictures of a scene, or the readings of an illusion.
 * `views`: the views of the draft's illusion. */
export function tilesOf(layout: Layout, views: readonly { id: string }[]): Tile[] {
  const [main = ''] = mainOf(layout);
  if (layout.kind === 'illusion') {
    return layout.views.map(({ transform }, index) => ({
      id: `view${index + 1}`,
      node: main,
      look: transform,
      title: words.strip.reading(index + 1, words.looks.ways[transform]),
      owner: views[index]?.id,
    }));
  }
  if (layout.kind !== 'scene') return [];
  const plain = { look: 'identity' as const };
  return [
    { ...plain, id: 'background', node: 'x1', title: words.layers.background, owner: 'background' },
    { ...plain, id: 'object', node: 'x2', title: words.layers.object, owner: 'object' },
    { ...plain, id: 'composite', node: main, title: words.strip.composite, owner: 'whole' },
  ];
}

/** The saved picture of a node that belongs to the same image of the job as the picture on the canvas. */
export function savedOf(node: string, outputs: readonly Output[], shown: Output | undefined, job: Job) {
  const image = shown ? pictureOf(shown, job).image : 1;
  return outputs.find((one) => {
    const found = pictureOf(one, job);
    return found.node === node && found.image === image;
  });
}

/** The step that the canvas shows, from 1 over all images. The finished picture of an image is that of the image's last
 * step. */
export function stepShown({ step, newest, taken, held, active }: Run, image: number): number {
  return held || active ? step : Math.min(newest, image * taken);
}

/** The step of the frame that shows a step: its own, or the last one before it in the same image. */
export function frameOfImage(steps: readonly number[], step: number, taken: number): number | undefined {
  const found = frameAt(steps, step);
  return found !== undefined && found > Math.floor((step - 1) / taken) * taken ? found : undefined;
}
