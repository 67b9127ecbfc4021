import type { Box, GraphSpec, Job } from '../../api/types';
import { type Anchor, canvasOfLayout } from '../../document/draft';
import { colourOf } from '../../geometry/colour';
import { nearestZone, wrapped } from '../../geometry/zones';

/** One observable of a job as the studio shows it. */
export interface Node {
  name: string;
  /** Its place in a preview frame's header. */
  index: number;
  prompt: string;
  colour: string;
  /** Where it lies on the canvas, in pixels; in pieces where the canvas wraps. */
  boxes: Box[];
}

const NEUTRAL = '#868e96';

/** The colour of the prompt that a window of a panorama takes, as the editor shows that prompt. */
function anchorColour({ layout }: Job, box: Box, prompt: string, anchors: readonly Anchor[]): string {
  if (layout.kind !== 'panorama' || !layout.windows) return NEUTRAL;
  const { axis, canvas, windows } = layout;
  const along = axis === 'x';
  const wraps = canvas.wrap === 'both' || canvas.wrap === axis;
  const middle = along ? box.x + box.width / 2 : box.y + box.height / 2;
  const index = nearestZone(middle, windows.length, along ? canvas.width : canvas.height, wraps);
  const known = anchors[index]?.prompt === prompt ? anchors[index] : anchors.find((one) => one.prompt === prompt);
  return colourOf(known?.id ?? `a${index + 1}`);
}

/** The observables of a job's graph: `cell` is in pixels, the graph in cells. */
export function nodesOf(graph: GraphSpec, job: Job, cell: number, anchors: readonly Anchor[]): Node[] {
  const canvas = canvasOfLayout(job.layout);
  return graph.observables.map(({ name, operator, prompted, patch }, index) => {
    const cells = operator.kind === 'crop' ? operator.box : null;
    const box = cells
      ? { x: cells.x * cell, y: cells.y * cell, width: cells.width * cell, height: cells.height * cell }
      : { x: 0, y: 0, width: canvas.width, height: canvas.height };
    return {
      name,
      index: graph.controls.length + index,
      prompt: prompted.prompt,
      colour: patch ? colourOf(patch) : anchorColour(job, box, prompted.prompt, anchors),
      boxes: wrapped(box, canvas),
    };
  });
}
