import type { Box, Canvas, PoseControl, Prompted } from '../api/types';
import { fitBox } from '../geometry/box';
import { same } from './same';

type Joint = readonly [number, number];

/** A person who stands, seen from the front. Coordinates are in heads, right and down from the middle of the head's
 * upper edge. The joints are in the contract's order: nose, neck, right arm, left arm, right leg, left leg. */
const STANDING: readonly Joint[] = [
  [0, 0.55],
  [0, 1.25],
  ...([-0.75, 0.75] as const).flatMap((x): Joint[] => [
    [x, 1.3],
    [1.2 * x, 2.5],
    [1.15 * x, 3.6],
  ]),
  ...([-0.42, 0.42] as const).flatMap((x): Joint[] => [
    [x, 3.7],
    [1.05 * x, 5.4],
    [1.1 * x, 7.1],
  ]),
];

/** The bones of a skeleton, as pairs of joints. */
export const BONES: readonly (readonly [number, number])[] = [
  [0, 1],
  ...[2, 5].flatMap((shoulder): [number, number][] => [
    [1, shoulder],
    [shoulder, shoulder + 1],
    [shoulder + 1, shoulder + 2],
  ]),
  ...[8, 11].flatMap((hip): [number, number][] => [
    [1, hip],
    [hip, hip + 1],
    [hip + 1, hip + 2],
  ]),
];

/** A standing figure whose head is in the box. Its parts outside of the canvas are not seen. Joints are in canvas
 * pixels. */
export const standing = ({ x, y, width, height }: Box): PoseControl => ({
  kind: 'pose',
  joints: STANDING.map(([right, down]) => [Math.round(x + width / 2 + right * height), Math.round(y + down * height)]),
  strength: 1,
  active: [0, 1],
});

/** The place of the nose in the list of joints. */
export const NOSE = 0;

/** True if the nose is where it lies in this head, so that the head follows it. */
export function follows(pose: PoseControl, head: Box): boolean {
  return same(pose.joints[NOSE], standing(head).joints[NOSE]);
}

/** The box of a head whose nose is at this point, kept inside the canvas. */
export function headAt(head: Box, [x, y]: Joint, canvas: Pick<Canvas, 'width' | 'height'>): Box {
  const [right, down] = STANDING[NOSE] ?? [0, 0];
  const corner = { x: Math.round(x - head.width / 2 - right * head.height), y: Math.round(y - down * head.height) };
  return fitBox({ ...head, ...corner }, canvas);
}

/** The pose of a prompt; null if it has none, or a picture instead. */
export const poseOf = ({ control }: Prompted): PoseControl | null => (control?.kind === 'pose' ? control : null);

/** True if a pose is the standing figure under this head, unchanged by the visitor. */
export const stands = (pose: PoseControl, head: Box): boolean => same(pose.joints, standing(head).joints);
