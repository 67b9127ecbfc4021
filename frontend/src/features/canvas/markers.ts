import type { Draft } from '../../document/draft';
import type { Point } from '../../geometry/box';
import { positionsOf } from '../../geometry/zones';

/** The point by which a prompt of a panorama is moved, in canvas pixels. */
export interface Marker extends Point {
  id: string;
}

const INSET = 18; // screen pixels from the lower or the right edge of the canvas

/** The markers of a panorama's prompts; none if it has one prompt for all. */
export function markersOf(
  panorama: Draft['panorama'],
  scale: number,
  moved: readonly number[] | null = null,
): Marker[] {
  const { anchors, axis, canvas, positions = null } = panorama;
  if (anchors.length < 2) return [];
  const places = positionsOf({ count: anchors.length, positions: moved ?? positions });
  const across = (side: number) => Math.max(side / 2, side - INSET / scale);
  return anchors.map(({ id }, index) => {
    const along = (places[index] ?? 0) * (axis === 'x' ? canvas.width : canvas.height);
    return axis === 'x' ? { id, x: along, y: across(canvas.height) } : { id, x: across(canvas.width), y: along };
  });
}
