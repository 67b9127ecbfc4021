import type { Compiled, Output } from '../../api/types';
import { words } from '../../words/words';
import { numberIn } from './words';

/** Why the server would refuse to refine a finished picture, as a sentence. Null if it would not, or as long as the graph of
 * the job is not known. */
export function whyNotRefined(
  graph: Pick<Compiled['graph'], 'controls'> | undefined,
  output: Pick<Output, 'name'> | undefined,
): string | null {
  const [canvas, ...others] = graph?.controls ?? [];
  if (!canvas || !output) return null;
  if (others.length > 0) return words.dock.manyCanvases(others.length + 1);
  return numberIn(output.name, canvas.name) !== null ? null : words.dock.noCanvas;
}
