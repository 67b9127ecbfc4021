import { useQueries } from '@tanstack/react-query';
import { useRef } from 'react';
import { canvasOf, type Draft } from '../../document/draft';
import { paintedIn, paintingOf, withKnown } from './uploads';

/** Upload what is painted once the draft has `settled`. Returns the draft with uploads in place of strokes (the last
 * known ones until newer strokes are uploaded), and the error of a failed upload. */
export function usePaintings(draft: Draft, settled: boolean): { shown: Draft; error: Error | null } {
  const painted = paintedIn(draft);
  const canvas = canvasOf(draft);
  const answers = useQueries({ queries: painted.map((one) => ({ ...paintingOf(one, canvas), enabled: settled })) });
  const known = useRef(new Map<string, Awaited<ReturnType<ReturnType<typeof paintingOf>['queryFn']>>>());
  painted.forEach(({ id }, at) => {
    const data = answers[at]?.data;
    if (data !== undefined) known.current.set(id, data);
  });
  const shown = painted.length > 0 ? withKnown(draft, known.current) : draft;
  return { shown, error: answers.find(({ error }) => error)?.error ?? null };
}
