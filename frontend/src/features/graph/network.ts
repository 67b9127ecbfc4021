import { type Loose, list, record, type Size, sizeIn, text } from './loose';
import { type Controls, sizeOf, waysOf } from './operators';

export type Part = 'controls' | 'observables' | 'laws' | 'outputs';

/** One node of the network. */
export interface NetNode {
  /** Its part of the graph and its index there, such as `observables/3`. Names may be missing or used twice while a graph
   * is typed. */
  id: string;
  part: Part;
  index: number;
  name: string;
  prompt: string;
  negative: string;
  /** The weight and the group of a view; null for other nodes. A view without a group is a group by itself. */
  weight: number | null;
  group: string | null;
  model: string;
  patch: string | null;
  /** Its size in cells, if the graph says it. */
  size: Size | null;
  /** The window in its control, if it is one. */
  box: Loose | null;
  /** The size of the first control that it reads, in cells. */
  within: Size | null;
  /** True if the node is saved as a picture. */
  saved: boolean;
}

/** What a view reads of a control. */
export interface NetEdge {
  id: string;
  from: string;
  to: string;
  steps: readonly string[];
}

export interface Network {
  nodes: readonly NetNode[];
  edges: readonly NetEdge[];
}

export const idOf = (part: Part, index: number): string => `${part}/${index}`;

const numberOr = (value: unknown, other: number): number => (typeof value === 'number' ? value : other);

function innermost(operator: Loose): Loose {
  return 'of' in operator && operator.kind !== 'composite' ? innermost(record(operator.of)) : operator;
}

function nodeOf(part: Part, one: Loose, index: number, controls: Controls, saved: boolean): NetNode {
  const prompted = record(one.prompted);
  const precision = record(one.precision);
  const name = text(part === 'outputs' ? one.node : one.name);
  const views = part === 'observables' || part === 'laws';
  const inner = innermost(record(one.operator));
  return {
    id: idOf(part, index),
    part,
    index,
    name,
    prompt: text(prompted.prompt),
    negative: text(prompted.negative_prompt),
    weight: views ? numberOr(precision.weight, 1) : null,
    group: views ? text(precision.group) || name : null,
    model: text(prompted.model),
    patch: text(one.patch) || null,
    size: part === 'controls' ? sizeIn(one) : sizeOf(record(one.operator), controls),
    box: inner.kind === 'crop' ? record(inner.box) : null,
    within: controls[waysOf(record(one.operator), controls, 1)[0]?.control ?? ''] ?? null,
    saved,
  };
}

/** The names of the nodes that are saved as pictures: the outputs, or all controls if there are none. */
function savedIn(graph: Loose): ReadonlySet<string> {
  const outputs = list(graph.outputs).map((one) => text(record(one).node));
  return new Set(outputs.length > 0 ? outputs : list(graph.controls).map((one) => text(record(one).name)));
}

/** The network of a graph: controls, observables, laws, and the outputs that are a view of their own. `graph` may be
 * incomplete. `cell`: the pixels of a cell. */
export function networkOf(graph: unknown, cell: number): Network {
  const all = record(graph);
  const saved = savedIn(all);
  const controls: Record<string, Size | null> = {};
  const first: Record<string, string> = {};
  for (const [index, one] of list(all.controls).map(record).entries()) {
    controls[text(one.name)] ??= sizeIn(one);
    first[text(one.name)] ??= idOf('controls', index);
  }
  const nodes: NetNode[] = [];
  const edges: NetEdge[] = [];
  for (const part of ['controls', 'observables', 'laws', 'outputs'] as const) {
    for (const [index, one] of list(all[part]).map(record).entries()) {
      if (part === 'outputs' && !one.operator) continue;
      const node = nodeOf(part, one, index, controls, saved.has(text(one.name ?? one.node)));
      nodes.push(node);
      for (const [way, { control, steps }] of waysOf(record(one.operator), controls, cell).entries()) {
        const from = first[control];
        if (from) edges.push({ id: `${node.id}/${way}`, from, to: node.id, steps });
      }
    }
  }
  return { nodes, edges };
}
