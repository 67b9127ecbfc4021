import { api, body } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import type { Job } from '../../api/types';
import { textOf } from '../../document/graph';
import { undoable } from '../../document/store';
import { toast } from '../../ui/toasts';
import { words } from '../../words/words';

let asked = 0;

/** Write the graph that a job compiles to into the draft's own graph, and edit it. Only the graph that was asked for last is written. */
export async function takeOver(job: Job): Promise<void> {
  const turn = ++asked;
  try {
    const { graph } = await api.POST('/api/compile', { body: job }).then(body);
    if (turn !== asked) return;
    const undo = undoable((draft) => ({ ...draft, kind: 'custom', custom: { text: textOf(graph) } }));
    toast(words.graph.edited(job.layout.kind), { label: words.graph.undo, run: undo });
  } catch (error) {
    toast(error instanceof ApiProblem ? error.message : words.graph.notMade);
  }
}
