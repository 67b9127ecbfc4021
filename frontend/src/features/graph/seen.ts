import type { GraphSpec } from '../../api/types';
import { same } from '../../document/same';
import type { NetNode } from './network';

/** A node as the graph view shows it. */
export interface Seen extends NetNode {
  colour: string;
  /** The patch, part or prompt of the layout that it belongs to. In a graph of your own, the node itself. */
  owner: string | null;
  /** Where its live pictures are: the job on the canvas, and the node's index in its preview frames. */
  frame: { job: string; index: number } | null;
  /** The address of its finished picture. */
  url: string | null;
  /** What is wrong with it. */
  faults: readonly string[];
}

const partsOf = (graph: GraphSpec) => [
  ...graph.controls.map(({ name, width, height, wrap }) => ({ name, seen: { width, height, wrap } })),
  ...[...graph.observables, ...graph.laws].map(({ name, operator }) => ({ name, seen: operator })),
  ...graph.outputs
    .filter(({ operator }) => operator != null)
    .map(({ node, operator }) => ({ name: node, seen: operator })),
];

/** The indices in the preview frames of a job's graph of those nodes that show the same in the graph of the draft. */
export function sharedNodes(draft: GraphSpec, job: GraphSpec): ReadonlyMap<string, number> {
  const now = new Map(partsOf(draft).map(({ name, seen }) => [name, seen]));
  return new Map(partsOf(job).flatMap(({ name, seen }, index) => (same(now.get(name), seen) ? [[name, index]] : [])));
}
