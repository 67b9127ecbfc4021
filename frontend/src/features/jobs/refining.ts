import type { Compiled, Output } from '../../api/types';
import { words } from '../../words/words';

/** True if a picture of this name shows the node: `x` and `x.2` show x. */
const shows = (name: string, node: string): boolean =>
  name === node || (name.startsWith(`${node}.`) && /^\d+$/.test(name.slice(node.length + 1)));

/** Why the server would refuse to refine a finished picture, as a sentence. Null if it would not, or as long as the graph of
 * the job is not known. */
export function whyNotRefined(
  graph: Pick<Compiled['graph'], 'controls'> | undefined,
  output: Pick<Output, 'name'> | undefined,
): string | null {
  const [canvas, ...others] = graph?.controls ?? [];
  if (!canvas || !output) return null;
  if (others.length > 0) return words.dock.manyCanvases(others.length + 1);
  return shows(output.name, canvas.name) ? null : words.dock.noCanvas;
}
