import { useMemo } from 'react';
import { useGraph, useModels } from '../../api/queries';
import type { JobResource } from '../../api/types';
import { useDraft } from '../../document/store';
import { type Nodes, nodesOf } from './nodes';

const NONE: Nodes = { nodes: [], main: undefined };

/** The nodes of a job, once its graph is known. */
export function useNodes(job: JobResource | undefined): Nodes {
  const graph = useGraph(job).data;
  const cell = useModels().data?.find((model) => model.id === job?.spec.sampling.model)?.cell;
  const anchors = useDraft((now) => now.draft.panorama.anchors);
  return useMemo(
    () => (graph && job && cell ? nodesOf(graph, job.spec, cell, anchors) : NONE),
    [graph, job, cell, anchors],
  );
}
