import type { Box, Canvas, GraphSpec, Job, Operator } from '../../api/types';
import type { Anchor } from '../../document/draft';
import { guideId, nameOfGuide } from '../../document/guide';
import { canvasOfLayout } from '../../document/job';
import { colourOf } from '../../geometry/colour';
import { nearestZone, wrapped } from '../../geometry/zones';
import { words } from '../../words/words';
import { titleOfPicture } from '../jobs/words';

type Observable = GraphSpec['observables'][number];

/** One node of a job's graph as the studio shows it. `kind`: whether it is generated, seen by a model, known by a law, or
 * made of others. */
export interface Node {
  name: string;
  kind: 'control' | 'view' | 'law' | 'picture';
  /** Its index in the header of a preview frame. */
  index: number;
  prompt: string;
  colour: string;
  /** The id of the patch, part or prompt of the layout that it belongs to; null if it belongs to none. */
  owner: string | null;
  /** Its boxes on the canvas, in pixels. A box over an edge that wraps is in pieces. */
  boxes: Box[];
}

export interface Nodes {
  nodes: Node[];
  /** The node of the main picture. `output`: the size of its picture. */
  main: (Node & { output: GraphSpec['outputs'][number] }) | undefined;
}

const NEUTRAL = '#868e96';

/** The id that the editor gives to the prompt of a panorama's window; null if the panorama has one prompt for all. */
function anchorOf({ layout }: Job, box: Box, prompt: string, anchors: readonly Anchor[]): string | null {
  if (layout.kind !== 'panorama' || !layout.windows) return null;
  const { axis, canvas, windows, positions = null } = layout;
  const along = axis === 'x';
  const wraps = canvas.wrap === 'both' || canvas.wrap === axis;
  const middle = along ? box.x + box.width / 2 : box.y + box.height / 2;
  const index = nearestZone(middle, { count: windows.length, positions }, along ? canvas.width : canvas.height, wraps);
  const known = anchors[index]?.prompt === prompt ? anchors[index] : anchors.find((one) => one.prompt === prompt);
  return known?.id ?? `a${index + 1}`;
}

const PARTED: ReadonlySet<Job['layout']['kind']> = new Set(['scene', 'portrait', 'illusion']);
const COARSE = /^coarse\d*$/;

/** The patch, the part of the layout, or the prompt that an observable belongs to. */
function ownerOf(job: Job, { patch, precision, prompted, operator }: Observable, box: Box, anchors: readonly Anchor[]) {
  if (patch) return patch;
  if (operator.kind === 'resize') return null;
  if (PARTED.has(job.layout.kind)) return precision.group.replace(/:[+-]\d+$/, ''); // the counting number
  return anchorOf(job, box, prompted.prompt, anchors);
}

/** The window of a view in cells, before it is transformed; null for the whole control. */
function windowOf(operator: Operator) {
  let inner = operator;
  while ('of' in inner) inner = inner.of;
  return 'box' in inner ? (inner.box ?? null) : null;
}

function placeOf(operator: Operator | null | undefined, cell: number, canvas: Canvas): Box {
  const cells = operator ? windowOf(operator) : null;
  if (!cells) return { x: 0, y: 0, width: canvas.width, height: canvas.height };
  return { x: cells.x * cell, y: cells.y * cell, width: cells.width * cell, height: cells.height * cell };
}

/** True if the operator scales its view, itself or in a part of it. */
export function scales(operator: Operator): boolean {
  if (operator.kind === 'resize') return true;
  if (operator.kind === 'composite') return false; // its parts are whole controls
  return 'of' in operator && scales(operator.of);
}

/** The nodes of a job's graph in the order of previews: controls, observables, laws, other outputs. `cell` is in pixels, the
 * graph in cells. */
export function nodesOf(graph: GraphSpec, job: Job, cell: number, anchors: readonly Anchor[]): Nodes {
  const canvas = canvasOfLayout(job.layout);
  const whole = [placeOf(null, cell, canvas)];
  const views = graph.observables.map((one) => {
    const box = placeOf(one.operator, cell, canvas);
    const { name, prompted } = one;
    const owner = ownerOf(job, one, box, anchors);
    const colour = owner === null ? NEUTRAL : colourOf(owner);
    return { name, kind: 'view' as const, prompt: prompted.prompt, colour, owner, boxes: wrapped(box, canvas) };
  });
  const plain = { prompt: '', colour: NEUTRAL, owner: null, boxes: whole };
  const nodes: Node[] = [
    ...graph.controls.map(({ name }) => ({ name, kind: 'control' as const, ...plain })),
    ...views,
    ...graph.laws.map(({ name, operator }, index) => {
      const boxes = wrapped(placeOf(operator, cell, canvas), canvas);
      const guide = job.layout.kind === 'custom' ? undefined : job.layout.guides[index];
      const id = guideId(index);
      const drawn = guide && { prompt: nameOfGuide(guide), colour: colourOf(id), owner: id };
      return { name, kind: 'law' as const, ...plain, ...drawn, boxes };
    }),
    ...graph.outputs
      .filter(({ operator }) => operator != null)
      .map(({ node }) => ({ name: node, kind: 'picture' as const, ...plain })),
  ].map((node, index) => ({ ...node, index }));
  const output = graph.outputs[0];
  const main = nodes.find(({ name }) => name === output?.node);
  return { nodes, main: main && output && { ...main, output } };
}

/** Describe a node in a few words: its prompt, or its kind. */
export function titleOfNode({ name, kind, prompt }: Node): string {
  if (kind === 'law' && prompt) return prompt; // what the guide is called
  if (kind !== 'view') return titleOfPicture(name);
  return COARSE.test(name) ? words.jobs.coarseView(prompt) : prompt;
}
