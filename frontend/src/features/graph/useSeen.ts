import { useMemo, useRef } from 'react';
import { useGraph } from '../../api/queries';
import type { Compiled } from '../../api/types';
import type { Draft } from '../../document/draft';
import { graphOf } from '../../document/graph';
import { useDraft } from '../../document/store';
import { colourOf } from '../../geometry/colour';
import { nodesOf } from '../diagnostics/nodes';
import { useCell, useGenerate } from '../jobs/useGenerate';
import { useLive, useShownJob } from '../jobs/useJob';
import { faultsOf } from './faults';
import { type NetNode, type Network, networkOf } from './network';
import { type Seen, sharedNodes } from './seen';

export interface SeenNetwork extends Network {
  nodes: readonly Seen[];
}

/** The last value that was not null, for as long as `key` stays the same. */
function useLast<T>(value: T | null | undefined, key: string): T | null {
  const last = useRef<{ key: string; value: T | null }>({ key, value: null });
  if (value != null) last.current = { key, value };
  else if (last.current.key !== key) last.current = { key, value: null };
  return last.current.value;
}

interface Look {
  colour: string;
  owner: string | null;
}

const NOTHING = {};
const NEUTRAL = '#868e96';

/** The colour and the owner of each node of a layout's graph, by name. */
function looksOf({ graph, job }: Compiled, cell: number, draft: Draft): ReadonlyMap<string, Look> {
  const { nodes } = nodesOf(graph, job, cell, draft.panorama.anchors);
  return new Map(
    nodes.map(({ name, colour, owner }) => {
      const view = draft.kind === 'illusion' && /^view(\d+)$/.exec(owner ?? '');
      return [name, { colour, owner: view ? (draft.illusion.views[Number(view[1]) - 1]?.id ?? null) : owner }];
    }),
  );
}

const lookOfOwn = ({ part, index, name }: NetNode): Look => ({
  colour: part === 'observables' ? colourOf(`y${index + 1}`) : NEUTRAL,
  owner: name,
});

/** The graph of the draft: of a graph of your own as it is typed, or the last one that was valid JSON. */
export function useNetwork(): SeenNetwork | null {
  const draft = useDraft((now) => now.draft);
  const { compiled, faults } = useGenerate();
  const cell = useCell();
  const custom = draft.kind === 'custom';
  const valid = useLast(compiled?.job.layout.kind === draft.kind ? compiled : null, draft.kind);
  const { text } = draft.custom;
  const typed = useLast<unknown>(custom ? (text.trim() === '' ? NOTHING : graphOf(text).graph) : null, draft.kind);
  const source = custom ? typed : valid?.graph;
  const job = useShownJob();
  const graph = useGraph(job).data;
  const outputs = useLive(job)?.outputs;
  return useMemo(() => {
    if (!source) return null;
    const { nodes, edges } = networkOf(source, cell);
    const looks = !custom && valid ? looksOf(valid, cell, draft) : null;
    const shared = valid && graph ? sharedNodes(valid.graph, graph) : new Map<string, number>();
    const filled = new Map(valid?.graph.observables.map((one) => [one.name, one.prompted.model]));
    const seen = nodes.map((node): Seen => {
      const index = shared.get(node.name);
      const live = job && index !== undefined;
      return {
        ...node,
        ...(looks?.get(node.name) ?? lookOfOwn(node)),
        model: node.model || (filled.get(node.name) ?? ''),
        frame: live ? { job: job.id, index } : null,
        url: (live && outputs?.find(({ name }) => name === node.name)?.url) || null,
        faults: custom ? faultsOf(faults, node) : [],
      };
    });
    return { nodes: seen, edges };
  }, [source, valid, graph, job, outputs, cell, custom, draft, faults]);
}
