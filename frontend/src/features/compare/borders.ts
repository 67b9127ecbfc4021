import type { Box, Canvas, GraphSpec, Operator } from '../../api/types';
import { wrapped } from '../../geometry/zones';

type Cells = Box;

/** The operator without the turns, flips and backgrounds around it. Null if it scales: such a view has no border. */
function inner(operator: Operator): Operator | null {
  if (operator.kind === 'resize' || operator.kind === 'roll') return null;
  return operator.kind === 'flip' || operator.kind === 'rotate' || operator.kind === 'background'
    ? inner(operator.of)
    : operator;
}

/** The boxes whose borders a view brings into the picture of a node: the region in which it counts, or its window, and the
 * regions of a composite. */
function boxesOf(one: GraphSpec['observables'][number], node: string, composite: boolean): Cells[] {
  const operator = inner(one.operator);
  if (operator === null || one.precision.weight === 0) return [];
  if (operator.kind === 'composite') {
    const parts = operator.parts.flatMap(({ region }) => (region ? [region.box] : []));
    return composite ? [...(operator.box ? [operator.box] : []), ...parts] : [];
  }
  if (!('control' in operator) || operator.control !== node) return [];
  if (one.precision.inside) return [one.precision.inside.box];
  return operator.kind === 'crop' ? [operator.box] : [];
}

/** The borders of the views of a picture, as boxes in pixels: those of windows, of drawn boxes, and of a scene's object. A box
 * over an edge that wraps is in pieces. */
export function viewBorders(graph: GraphSpec, node: string, canvas: Canvas, cell: number): Box[] {
  const output = graph.outputs.find((one) => one.node === node);
  const composite = output?.operator?.kind === 'composite';
  const boxes = graph.observables.flatMap((one) => boxesOf(one, node, composite));
  const distinct = [
    ...new Map(
      boxes.map(({ x, y, width, height }) => [`${x} ${y} ${width} ${height}`, { x, y, width, height }]),
    ).values(),
  ];
  return distinct.flatMap(({ x, y, width, height }) =>
    wrapped({ x: x * cell, y: y * cell, width: width * cell, height: height * cell }, canvas),
  );
}
