import { useLayoutEffect, useMemo } from 'react';
import { isActive } from '../../api/queries';
import { boxesOf } from '../../document/boxes';
import { canvasOf, isBlank } from '../../document/draft';
import { useDraft } from '../../document/store';
import type { Size } from '../../geometry/view';
import { useSession } from '../../session';
import { useCell, useGenerate } from '../jobs/useGenerate';
import { useLive, useShownJob } from '../jobs/useJob';
import { isPlacing, targetOf } from '../painting/target';
import { drawsBoxes } from './commands';
import { setStage } from './stage';
import { usePainting } from './usePainting';

/** The content of the canvas: the draft over the picture of the current job. A picture of another size or kind hides
 * the draft. */
export function useScene() {
  const draft = useDraft((now) => now.draft);
  const snapped = useGenerate().compiled?.boxes;
  const cell = useCell();
  const job = useShownJob();
  const live = useLive(job);
  const painting = usePainting(job);
  const own = canvasOf(draft);
  const canvas = painting.canvas ?? own;
  const foreign =
    job !== undefined &&
    (canvas.width !== own.width || canvas.height !== own.height || job.spec.layout.kind !== draft.kind);
  const boxes = useMemo(() => boxesOf(draft, snapped), [draft, snapped]);
  const target = useSession((now) => targetOf(draft, now));
  const places = useSession((now) => isPlacing(draft, now));
  return {
    draft,
    boxes,
    cell,
    job,
    painting,
    canvas,
    foreign,
    /** The job has a picture, or will soon have one. */
    covered: painting.main !== null || (live !== undefined && isActive(live)),
    /** Nothing is drawn or written yet. */
    empty: isBlank(draft) && !job && !draft.start,
    /** The id of what the present tool paints. */
    painted: foreign ? null : target,
    draws: (drawsBoxes(draft) || places) && !foreign,
  };
}

export type Scene = ReturnType<typeof useScene>;

/** Tell the tools and commands of the canvas what it shows, before the browser paints it. */
export function useStaged({ canvas, cell, boxes, foreign, empty, draws, painted }: Scene, area: Size): void {
  const { width, height } = canvas;
  useLayoutEffect(() => {
    const open = !foreign && !empty;
    const size = { width, height };
    if (area.width > 0) setStage({ area, canvas: size, cell, boxes, foreign, open, draws, paints: painted });
  }, [area, width, height, cell, boxes, foreign, empty, draws, painted]);
}
