import { lazy, Suspense } from 'react';
import { words } from '../../words/words';

const GraphView = lazy(() => import('./GraphView'));

/** The graph view. Its code is loaded when it is opened. */
export function LazyGraphView() {
  return (
    <Suspense fallback={<p role="status">{words.graph.loading}</p>}>
      <GraphView />
    </Suspense>
  );
}
