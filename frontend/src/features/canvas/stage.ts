import { create } from 'zustand';
import type { Box } from '../../api/types';
import type { Drawn } from '../../document/boxes';
import type { Point } from '../../geometry/box';
import { fitBoxView, fitView, keptInside, type Size, scalesOf, type View, zoomedAt } from '../../geometry/view';

const NARROW = 600; // screen pixels below which the margin is small
const STEP = 1.25; // factor by which a key changes the scale

/** What the canvas of this tab shows, and where. */
export interface Stage {
  /** The size of the area on the screen, in screen pixels. */
  area: Size;
  /** The size of what is shown: the draft's canvas, or a picture of another size. */
  canvas: Size;
  view: View;
  /** The view follows the size of the area and shows the whole canvas. */
  fits: boolean;
  /** Pixels per latent cell. */
  cell: number;
  /** The boxes on the canvas, the topmost last. */
  boxes: readonly Drawn[];
  /** A picture of another size or kind is shown in place of the draft. */
  foreign: boolean;
  /** The draft can be edited here. It cannot while a picture of another size or kind is shown. */
  open: boolean;
  /** A box can be drawn. */
  draws: boolean;
  /** The id of what a painting tool paints; null if the present tool does not paint. */
  paints: string | null;
  /** The weights of the patches are shown instead of their tints. */
  weights: boolean;
  /** A box was drawn a moment ago, so that letters may be meant as its prompt. */
  justDrawn: boolean;
}

export const useStage = create<Stage>(() => ({
  area: { width: 0, height: 0 },
  canvas: { width: 1, height: 1 },
  view: { scale: 1, x: 0, y: 0 },
  fits: true,
  cell: 8,
  boxes: [],
  foreign: false,
  open: false,
  draws: false,
  paints: null,
  weights: false,
  justDrawn: false,
}));

const marginOf = (area: Size) => (area.width < NARROW ? 12 : 40);
const fitted = (canvas: Size, area: Size) => fitView(canvas, area, marginOf(area));
const sameSize = (one: Size, other: Size) => one.width === other.width && one.height === other.height;

type Shown = 'area' | 'canvas' | 'cell' | 'boxes' | 'foreign' | 'open' | 'draws' | 'paints';

/** Set what the canvas shows. A canvas of another size is shown whole. In an area that was resized, the canvas stays
 * whole, or the point in the middle stays there. */
export function setStage(next: Pick<Stage, Shown>): void {
  const now = useStage.getState();
  const fits = now.fits || !sameSize(now.canvas, next.canvas);
  if (fits) useStage.setState({ ...next, fits, view: fitted(next.canvas, next.area) });
  else {
    const [right, down] = [next.area.width - now.area.width, next.area.height - now.area.height];
    const view = { ...now.view, x: now.view.x + right / 2, y: now.view.y + down / 2 };
    useStage.setState({ ...next, view: sameSize(now.area, next.area) ? now.view : view });
  }
}

function show(view: View): void {
  const { canvas, area } = useStage.getState();
  useStage.setState({ view: keptInside(view, canvas, area), fits: false });
}

const middle = ({ width, height }: Size): Point => ({ x: width / 2, y: height / 2 });

/** Zoom to a scale. The canvas stays where it is under `at`, a point of the area: its middle by default. */
export function zoomTo(scale: number, at: Point = middle(useStage.getState().area)): void {
  const { view, canvas, area } = useStage.getState();
  const { least, most } = scalesOf(canvas, area);
  show(zoomedAt(view, at, Math.min(most, Math.max(least, scale))));
}

export const zoomBy = (factor: number, at?: Point): void => zoomTo(useStage.getState().view.scale * factor, at);
export const zoomIn = (): void => zoomBy(STEP);
export const zoomOut = (): void => zoomBy(1 / STEP);

export function panBy({ x, y }: Point): void {
  const { view } = useStage.getState();
  show({ ...view, x: view.x + x, y: view.y + y });
}

export const toggleWeights = (): void => useStage.setState(({ weights }) => ({ weights: !weights }));

/** Show the whole canvas, and keep it whole when the window is resized. */
export const fit = (): void => useStage.setState(({ canvas, area }) => ({ fits: true, view: fitted(canvas, area) }));

/** Show a part of the canvas as large as it fits. */
export function fitTo(box: Box): void {
  const { area, canvas } = useStage.getState();
  show(fitBoxView(box, area, marginOf(area), scalesOf(canvas, area).most / 4));
}
