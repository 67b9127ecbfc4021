import { poseOf } from '../../../document/pose';
import { useDraft } from '../../../document/store';
import { around, type Point } from '../../../geometry/box';
import { gripAt, isIn } from '../../../geometry/hit';
import { wrapped, zone } from '../../../geometry/zones';
import { markersOf } from '../markers';
import { movableBoxes } from '../selection';
import { useStage } from '../stage';
import type { Hit } from './tool';

const JOINT = 14; // screen pixels around a joint or a marker: as much as a finger needs

function jointAt(point: Point, scale: number): Hit | null {
  const { draft } = useDraft.getState();
  const joints = draft.kind === 'portrait' ? (poseOf(draft.portrait.body)?.joints ?? []) : [];
  const apart = joints.map(([x = 0, y = 0]) => Math.hypot(point.x - x, point.y - y));
  const least = Math.min(...apart);
  return least * scale <= JOINT ? { kind: 'joint', at: apart.indexOf(least) } : null;
}

function markerAt(point: Point, scale: number): Hit | null {
  const { draft } = useDraft.getState();
  if (draft.kind !== 'panorama') return null;
  const apart = ({ x, y }: Point) => Math.hypot(point.x - x, point.y - y);
  const [nearest] = markersOf(draft.panorama, scale).sort((one, other) => apart(one) - apart(other));
  return nearest && apart(nearest) * scale <= JOINT ? { kind: 'marker', id: nearest.id } : null;
}

function anchorAt(point: Point): Hit | null {
  const { draft } = useDraft.getState();
  if (draft.kind !== 'panorama') return null;
  const { anchors, axis, canvas, positions = null } = draft.panorama;
  const spread = { count: anchors.length, positions };
  const found = anchors.find((_, index) =>
    wrapped(zone(index, spread, axis, canvas), canvas).some((piece) => isIn(point, piece)),
  );
  return found ? { kind: 'anchor', id: found.id } : null;
}

/** The topmost thing at a point of the canvas: a handle of the selection, a joint, the marker of a prompt, a box, or
 * the zone of a prompt. */
export function hitAt(point: Point): Hit | null {
  const { boxes, view, open } = useStage.getState();
  if (!open) return null;
  const selected = movableBoxes();
  const handle = selected.length > 0 ? gripAt(point, around(selected.map(({ box }) => box)), view.scale) : null;
  if (handle) return { kind: 'handle', handle };
  const joint = jointAt(point, view.scale);
  const marker = joint ?? markerAt(point, view.scale);
  if (marker) return marker;
  const box = boxes.findLast((one) => isIn(point, one.box));
  return box ? { kind: 'box', id: box.id } : anchorAt(point);
}
